// Settings from the environment: checked once at start, each with its description, secrets never printed.

import type { ServiceTopology } from '@deliveryflow/contracts'
import { settingName } from '@deliveryflow/contracts'
import { z } from 'zod'

const url = (...protocols: string[]) =>
  z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `a URL that begins with ${protocols.join(' or ')}://`,
  })

const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback)

const everyService = z.object({
  NATS_URL: z.string().min(1).describe('NATS servers, comma-separated'),
  NATS_PASSWORD: z.string().min(1).describe("secret: password of the NATS user that bears the service's name"),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('least severe log line'),
  RPC_CONCURRENCY: count(64, 10_000).describe('calls answered at once; the others wait'),
  CONSUMER_BATCH: count(200, 1000).describe('messages handled in one transaction at most'),
  CONSUMER_CONCURRENCY: count(16, 1000).describe('messages a worker handles side by side'),
})

const outboxPoll = count(1000, 60_000).describe(
  'how often the outbox is searched for what a crash left, in milliseconds',
)

const ofPostgres = z.object({
  DATABASE_URL: url('postgres', 'postgresql').describe("secret: the service's own PostgreSQL database"),
  DATABASE_POOL: count(10, 1000).describe('connections to it at most'),
  OUTBOX_POLL_MS: outboxPoll,
})
const ofRedis = z.object({ REDIS_URL: url('redis', 'rediss').describe('secret: Redis') })
const ofMongo = z.object({
  // No URL by the letter: it may name several servers.
  MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, 'a URL that begins with mongodb:// or mongodb+srv://')
    .describe('secret: MongoDB; where the URL names no database, it is the one with the name of the service'),
  OUTBOX_POLL_MS: outboxPoll,
})
const ofMail = z.object({ SMTP_URL: url('smtp', 'smtps').describe('secret: the mail server') })

/** The settings that a service has by its place in the topology. */
export type BaseSettings<T extends ServiceTopology> = z.infer<typeof everyService> &
  ('postgres' extends T['owns'][number] ? z.infer<typeof ofPostgres> : unknown) &
  ('redis' extends T['owns'][number] ? z.infer<typeof ofRedis> : unknown) &
  ('mongo' extends T['owns'][number] ? z.infer<typeof ofMongo> : unknown) &
  ('smtp' extends T['owns'][number] ? z.infer<typeof ofMail> : unknown)

const schemaOf = { postgres: ofPostgres, redis: ofRedis, mongo: ofMongo, smtp: ofMail } as const

/** The whole schema of a service's settings: those of its place and its own. */
export const settingsSchema = (service: ServiceTopology, own: z.ZodObject): z.ZodObject =>
  [...service.owns.map((store) => schemaOf[store]), own].reduce<z.ZodObject>(
    (schema, part) => schema.extend(part.shape),
    everyService,
  )

/** The setting KEY of one service among several in a process: `ORDER_HISTORY__KEY` goes before `KEY`. */
const lookUp = (environment: NodeJS.ProcessEnv, service: string, key: string) =>
  environment[`${settingName(service)}__${key}`] ?? environment[key]

/**
 * Reads and checks the settings of a service. Throws one error that names every wrong or missing setting with what it is
 * for; values are never in it.
 */
export const readSettings = (service: ServiceTopology, own: z.ZodObject, environment: NodeJS.ProcessEnv): unknown => {
  const schema = settingsSchema(service, own)
  const values = Object.fromEntries(
    Object.keys(schema.shape).map((key) => [key, lookUp(environment, service.name, key) || undefined]),
  )
  const result = schema.safeParse(values)
  if (result.success) return result.data
  const lines = result.error.issues.map(({ path, message }) => {
    const key = String(path[0])
    const problem = values[key] === undefined ? 'is missing' : `is not valid: ${message}`
    return `  ${key} ${problem} (${schema.shape[key]?.description ?? 'see the README of the service'})`
  })
  throw new Error(`${service.name} cannot start; set these in the environment:\n${lines.join('\n')}`)
}
