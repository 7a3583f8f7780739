// Which ports the backends listen on: the documented defaults, overridden by DF_*_PORT, or free ones for tests.

import { randomInt } from 'node:crypto'
import { createConnection, createServer } from 'node:net'
import { BackendError } from './backend-error.ts'

export type Ports = {
  nats: [number, number, number]
  nats_monitor: [number, number, number]
  nats_cluster: [number, number, number]
  postgres: number
  redis: number
  mongo: number
  smtp: number
  mail_page: number
}

/** Each setting's name, and its default: the NATS ones are the first of three in a row. */
const settings = {
  DF_NATS_PORT: 4222,
  DF_NATS_MONITOR_PORT: 8222,
  DF_NATS_CLUSTER_PORT: 6222,
  DF_POSTGRES_PORT: 15432,
  DF_REDIS_PORT: 16379,
  DF_MONGO_PORT: 17017,
  DF_SMTP_PORT: 11025,
  DF_MAIL_PAGE_PORT: 8025,
}

/** The documented ports with what `environment` overrides. Throws BackendError when a setting is no port number. */
export function portsFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Ports {
  const port = (name: keyof typeof settings): number => {
    const text = environment[name] ?? String(settings[name])
    const number = Number(text)
    if (Number.isInteger(number) && number >= 1 && number <= 65_533) return number
    throw new BackendError(`${name} is no port`, `its value is "${text}"`, 'Set it to a number from 1 to 65533.')
  }
  const three = (first: number): [number, number, number] => [first, first + 1, first + 2]
  return {
    nats: three(port('DF_NATS_PORT')),
    nats_monitor: three(port('DF_NATS_MONITOR_PORT')),
    nats_cluster: three(port('DF_NATS_CLUSTER_PORT')),
    postgres: port('DF_POSTGRES_PORT'),
    redis: port('DF_REDIS_PORT'),
    mongo: port('DF_MONGO_PORT'),
    smtp: port('DF_SMTP_PORT'),
    mail_page: port('DF_MAIL_PAGE_PORT'),
  }
}

/**
 * Ports that nobody listens on. Not the ones the system gives for port 0: those lie in the range of outgoing connections,
 * so that one of these could take the port of a backend that is down for a moment in a fault test.
 */
export async function freePorts(): Promise<Ports> {
  const taken = new Set<number>()
  const one = async (): Promise<number> => {
    const port = await freePort(taken)
    taken.add(port)
    return port
  }
  const three = async (): Promise<[number, number, number]> => [await one(), await one(), await one()]
  return {
    nats: await three(),
    nats_monitor: await three(),
    nats_cluster: await three(),
    postgres: await one(),
    redis: await one(),
    mongo: await one(),
    smtp: await one(),
    mail_page: await one(),
  }
}

/** One port as `freePorts` finds them, and none of those `taken`. */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let tries = 0; tries < 1000; tries++) {
    const port = randomInt(12_000, 32_000)
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new BackendError('No free port', 'a thousand between 12000 and 32000 are in use', 'End what listens there.')
}

/**
 * Throws BackendError naming every port that something else listens on, and the setting that moves it. Those of backends
 * that `environment` names an external server for are left out.
 */
export async function requireFree(ports: Ports, environment: NodeJS.ProcessEnv): Promise<void> {
  const states = await Promise.all(
    uses(ports)
      .filter(({ external }) => environment[external] === undefined)
      .map(async (use) => ({ ...use, free: await isFree(use.port) })),
  )
  const busy = states.filter(({ free }) => !free)
  if (busy.length === 0) return
  throw new BackendError(
    `Cannot listen on ${busy.map(({ port, name }) => `port ${port} (${name})`).join(', ')}`,
    'something else does, perhaps another DeliveryFlow',
    `Stop it, or choose other ports by ${[...new Set(busy.map(({ setting }) => setting))].join(', ')}.`,
  )
}

type Use = { port: number; name: string; setting: keyof typeof settings; external: string }

function uses(ports: Ports): Use[] {
  const nats = (three: number[], use: string, setting: Use['setting']): Use[] =>
    three.map((port, i) => ({ port, name: `nats-${i + 1}${use}`, setting, external: 'NATS_URL' }))
  return [
    ...nats(ports.nats, '', 'DF_NATS_PORT'),
    ...nats(ports.nats_monitor, ' monitoring', 'DF_NATS_MONITOR_PORT'),
    ...nats(ports.nats_cluster, ' cluster', 'DF_NATS_CLUSTER_PORT'),
    { port: ports.postgres, name: 'postgres', setting: 'DF_POSTGRES_PORT', external: 'DATABASE_URL' },
    { port: ports.redis, name: 'redis', setting: 'DF_REDIS_PORT', external: 'REDIS_URL' },
    { port: ports.mongo, name: 'mongo', setting: 'DF_MONGO_PORT', external: 'MONGODB_URL' },
    { port: ports.smtp, name: 'mail', setting: 'DF_SMTP_PORT', external: 'SMTP_URL' },
    { port: ports.mail_page, name: 'mail page', setting: 'DF_MAIL_PAGE_PORT', external: 'SMTP_URL' },
  ]
}

async function isFree(port: number): Promise<boolean> {
  const mayListen = await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
  if (!mayListen) return false
  // macOS lets one listen on 127.0.0.1 beside somebody who listens on all addresses.
  return await new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}
