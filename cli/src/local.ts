// The run of `npm start` on this machine, as its running.json describes it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Failure, reasonOf } from './failure.ts'
import type { Globals } from './options.ts'
import type { Target } from './target.ts'

/** What a local run says of itself while it runs (local/running.ts writes it). */
export type Running = {
  pid: number
  http_url: string
  admin: { email: string; password: string }
  nats: { servers: string[]; user: string; pass: string; monitors: Record<string, string> }
  databases: Record<string, string>
  redis_url: string
  mongodb_url: string
  mail_url: string | null
}

const defaultFolder = fileURLToPath(new URL('../../.deliveryflow/default', import.meta.url))

/** The data folder of the local run that is aimed at. */
export const folderOf = ({ localFolder }: Pick<Globals, 'localFolder'>): string => localFolder ?? defaultFolder

/** Opens the local run whose data are in `folder`. Throws `not_found` when nothing runs there. */
export const openLocal = (folder: string): Target => {
  const running = read(folder)
  let connection: Promise<NatsConnection> | undefined
  const { servers, user, pass, monitors } = running.nats
  return {
    kind: 'local',
    label: `the local run at ${running.http_url}`,
    http: async () => running.http_url,
    admin: async () => running.admin,
    nats: () => {
      connection ??= connect({ servers, user, pass, name: 'dfctl', timeout: 5000, maxReconnectAttempts: -1 })
      return connection
    },
    natsMonitors: async () => new Map(Object.entries(monitors)),
    database: async (name) => {
      const url = running.databases[name]
      if (url === undefined) throw new Failure('not_found', `There is no database ${name}`)
      return url
    },
    redis: async () => running.redis_url,
    mongodb: async () => running.mongodb_url,
    mail: async () => {
      if (running.mail_url !== null) return running.mail_url
      throw new Failure('not_found', 'The letters of this run go to a mail server of your own')
    },
    close: async () => {
      await (await connection?.catch(() => undefined))?.close()
    },
  }
}

const read = (folder: string): Running => {
  const nothing = {
    why: `nothing runs on the data in ${folder}`,
    next: 'Start it with npm start, or leave out --local.',
  }
  let running: Running
  try {
    running = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8'))
  } catch (error) {
    throw new Failure('not_found', 'There is no local run', { ...nothing, cause: reasonOf(error) })
  }
  try {
    process.kill(running.pid, 0)
  } catch {
    throw new Failure('not_found', 'There is no local run any more', nothing)
  }
  return running
}
