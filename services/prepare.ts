// Makes running backends fit for the services: streams, consumers, and every database at its newest schema. A deploy step, as
// functions and as a command: `node services/prepare.ts streams` or `migrations`. Can be run at any time; deletes nothing.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { databases, settingName } from '@deliveryflow/contracts'
import { serversAt } from '@deliveryflow/kit/messaging/connection'
import { provision } from '@deliveryflow/kit/messaging/provision'
import { type Patience, until } from '@deliveryflow/kit/patience'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { reasonOf } from '@deliveryflow/kit/reason'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'

/** What was changed, for people to read. */
export type Prepared = { streams: string[]; migrations: string[] }

/** A database and where its migrations lie. */
export type Schema = { database: string; database_url: string; folder: URL }

/** The way in for the administrator. `replicas`: copies of each stream. */
export type Messaging = { url: string; user: string; password: string; replicas: number }

/** Makes the streams and consumers and applies migrations, side by side. Throws what the backends say. */
export const prepare = async (
  messaging: Messaging,
  schemas: readonly Schema[],
  patience: Patience,
): Promise<Prepared> => {
  const streams = prepareStreams(messaging, patience)
  const migrations = prepareDatabases(schemas, patience)
  await whenAll<unknown>([streams, migrations])
  return { streams: await streams, migrations: await migrations }
}

/** Makes the streams and consumers; says what it changed. Throws when NATS does not let it in or refuses a change. */
export const prepareStreams = async (messaging: Messaging, patience: Patience): Promise<string[]> => {
  const { url, user, password: pass, replicas } = messaging
  const connection = await until(`NATS at ${url}`, patience, async () => {
    const opened = await connect({ ...serversAt(url), user, pass, name: 'prepare', timeout: 5000 })
    try {
      // Answered by the leader of all of JetStream: before there is one, no stream can be made.
      await jetstreamManager(opened)
      return opened
    } catch (error) {
      await opened.close()
      throw error
    }
  })
  try {
    const made = await provision(connection, replicas, { patience })
    return made.flatMap(({ kind, name, change }) => (change === 'unchanged' ? [] : `${kind} ${name} ${change}`))
  } finally {
    await connection.close()
  }
}

/** Brings every database to its newest schema; says what it applied. Throws what PostgreSQL says. */
export const prepareDatabases = async (schemas: readonly Schema[], patience: Patience): Promise<string[]> => {
  const applied = await whenAll(
    schemas.map(async ({ database, database_url, folder }) => {
      await until(`database ${database}`, patience, () => answers(database_url))
      const migrations = await migrate(database_url, fileURLToPath(folder)).catch((cause) => {
        throw new Error(`database ${database}: ${reasonOf(cause)}`, { cause })
      })
      return migrations.map(({ name }) => `${database}: ${name}`)
    }),
  )
  return applied.flat()
}

/** As Promise.all, and throws when the last one has ended: a database is not stopped under those that are still at work. */
const whenAll = async <T>(work: readonly Promise<T>[]): Promise<T[]> => {
  await Promise.allSettled(work)
  return Promise.all(work)
}

const answers = async (database_url: string) => {
  const client = new pg.Client({ connectionString: database_url, connectionTimeoutMillis: 5000 })
  // A connection that breaks while it is idle is told here too; without a listener it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end()
  }
}

/** A mistake of who called: the command's exit code is 2. */
class Usage extends Error {}

const usage = `Usage: node services/prepare.ts streams [--replicas N] | migrations   [--wait SECONDS]
  streams     makes the streams and consumers; settings NATS_URL, NATS_PASSWORD, NATS_USER (admin)
  migrations  brings every database to its newest schema; settings <DATABASE>__DATABASE_URL
  --replicas  copies of each stream, 1 to 5 (3)
  --wait      how long to wait for what does not answer yet, in seconds (120)`

const setting = (name: string): string | undefined => process.env[name] || undefined

const settings = <T extends string>(names: readonly T[]): Record<T, string> => {
  const missing = names.filter((name) => setting(name) === undefined)
  if (missing.length > 0) throw new Usage(`Set in the environment: ${missing.join(', ')}.`)
  return Object.fromEntries(names.map((name) => [name, setting(name) ?? ''])) as Record<T, string>
}

const whole = (option: string, text: string, min: number, max: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= min && number <= max) return number
  throw new Usage(`--${option} is "${text}", and must be a whole number from ${min} to ${max}.`)
}

const parse = (args: string[]) => {
  try {
    const options = { replicas: { type: 'string', default: '3' }, wait: { type: 'string', default: '120' } } as const
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Usage(`${reasonOf(error)}\n${usage}`)
  }
}

/** The command. Each line it prints is a change, what it waits for, or that there was nothing to do. */
const command = async (args: string[], report: (line: string) => void): Promise<void> => {
  const { values, positionals } = parse(args)
  const patience = { wait_ms: whole('wait', values.wait, 0, 3600) * 1000, report }
  const [what, ...more] = positionals
  if (more.length > 0 || (what !== 'streams' && what !== 'migrations')) throw new Usage(usage)
  let changes: string[]
  if (what === 'streams') {
    const replicas = whole('replicas', values.replicas, 1, 5)
    const { NATS_URL: url, NATS_PASSWORD: password } = settings(['NATS_URL', 'NATS_PASSWORD'])
    const user = setting('NATS_USER') ?? 'admin'
    changes = await prepareStreams({ url, user, password, replicas }, patience)
  } else {
    const nameOf = (database: string) => `${settingName(database)}__DATABASE_URL`
    const urls = settings(databases.map(nameOf))
    const schemas = databases.map((database) => ({
      database,
      database_url: urls[nameOf(database)] ?? '',
      folder: new URL(`${database}/migrations`, import.meta.url),
    }))
    changes = await prepareDatabases(schemas, patience)
  }
  for (const change of changes) report(change)
  report(changes.length === 0 ? `${what}: nothing to do` : `${what}: ${changes.length} changed`)
}

if (import.meta.main) {
  try {
    await command(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`))
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`)
    process.exitCode = error instanceof Usage ? 2 : 1
  }
}
