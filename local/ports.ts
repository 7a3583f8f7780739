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
    for (let tries = 0; tries < 1000; tries++) {
      const port = randomInt(12_000, 32_000)
      if (!taken.has(port) && (await isFree(port))) {
        taken.add(port)
        return port
      }
    }
    throw new BackendError('No free port', 'a thousand between 12000 and 32000 are in use', 'End what listens there.')
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

/** Throws BackendError naming every one of `wanted` that something else listens on, and the setting that moves it. */
export async function requireFree(
  wanted: { port: number; use: string; setting: keyof typeof settings }[],
): Promise<void> {
  const states = await Promise.all(wanted.map(async (one) => ({ ...one, free: await isFree(one.port) })))
  const busy = states.filter((one) => !one.free)
  if (busy.length === 0) return
  throw new BackendError(
    busy.map((one) => `Port ${one.port} for ${one.use}`).join(', '),
    'something else listens there, perhaps another DeliveryFlow',
    `Stop it, or choose other ports by ${[...new Set(busy.map((one) => one.setting))].join(', ')}.`,
  )
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
