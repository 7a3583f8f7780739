// Starts real backends (NATS, PostgreSQL, Redis, a MongoDB protocol server, a mail catcher) as child processes and stops them.

import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { settingName } from '@deliveryflow/contracts'
import type { BackendContext } from './context.ts'
import { lock } from './lock.ts'
import { type MailBackend, startMail } from './mail.ts'
import { type MongoBackend, startMongo } from './mongo.ts'
import { type NatsBackend, startNats } from './nats.ts'
import { type NatsPermissions, natsAdmin } from './nats-configuration.ts'
import { freePorts, type Ports, requireFree } from './ports.ts'
import { type PostgresBackend, startPostgres } from './postgres.ts'
import { elsewhere } from './postgres-data.ts'
import { openProcesses, type Processes, type UnexpectedExit } from './processes.ts'
import { type RedisBackend, startRedis } from './redis.ts'
import { openSecrets } from './secrets.ts'

export { BackendError } from './backend-error.ts'
export type { Letter } from './letters.ts'
export type { NatsPermissions } from './nats-configuration.ts'
export { type Ports, portsFromEnvironment } from './ports.ts'
export type { UnexpectedExit } from './processes.ts'

export type BackendsOptions = {
  /** The root of data, logs and secrets; made when missing. */
  dir: string
  /** The documented ones (`portsFromEnvironment()`), or free ones, as tests need beside a started system. */
  ports: Ports | 'free'
  /** One NATS user for each service, named like it; `admin` (all of account APP) and `sys` (account SYS) are always there. */
  nats_users: Record<string, NatsPermissions>
  /** Services that own a PostgreSQL database. */
  databases: readonly string[]
  /** Discards all data of an earlier run first (external servers are not touched). */
  fresh?: boolean
  /** Progress, one line at a time, for people. */
  report(line: string): void
}

export type Backends = {
  ports: Ports
  nats: NatsBackend
  postgres: PostgresBackend
  redis: RedisBackend
  mongo: MongoBackend
  mail: MailBackend
  /** Starts further programs that must not outlive us either (services in processes of their own), with a log each. */
  processes: Processes
  /** The settings that services find all this by: `<SERVICE>__NAME` for one service, `NAME` for all. */
  environment(): Record<string, string>
  /** Calls back for each process that ends without having been asked to. */
  onExit(listener: (exit: UnexpectedExit) => void): void
  /** Stops everything in order and frees the folder; `discard` removes the folder's data as well. */
  stop(options?: { discard?: boolean }): Promise<void>
}

/** `archive`: that of audit, which belongs to the data in `postgres`. */
const dataFolders = ['nats', 'postgres', 'redis', 'mongodb', 'ferretdb', 'mail', 'archive']

/**
 * Starts all backends at once and resolves when each of them answers. Rejects with a BackendError (what, why, what to do)
 * and leaves nothing running when one cannot start. Servers named by NATS_URL, DATABASE_URL, REDIS_URL, MONGODB_URL or
 * SMTP_URL are used instead of own ones.
 */
export async function startBackends(options: BackendsOptions): Promise<Backends> {
  const { report } = options
  const dir = resolve(options.dir)
  const started = Date.now()
  mkdirSync(dir, { recursive: true })
  const held = await lock(dir, report)
  let processes: Processes | undefined
  try {
    const ports = options.ports === 'free' ? await freePorts() : options.ports
    if (options.ports !== 'free') await requireFree(ports, process.env)
    if (options.fresh) discard(dir)
    processes = await openProcesses(join(dir, 'logs'))
    held.setWatchdog(processes.watchdog_pid)
    const context: BackendContext = {
      dir,
      report,
      processes,
      ports,
      secret: openSecrets(join(dir, 'secrets.json')),
      environment: process.env,
      seconds,
    }
    // The in-process one comes last: the others are ended with their processes should one of them fail.
    const [nats, postgres, redis, mongo] = await Promise.all([
      startNats(context, options.nats_users),
      startPostgres(context, options.databases),
      startRedis(context),
      startMongo(context),
    ])
    const mail = await startMail(context)
    report(`All backends ready in ${seconds(started)}`)
    const running = processes
    return {
      ports: context.ports,
      ...{ nats, postgres, redis, mongo, mail },
      processes: running,
      environment: () => environmentOf(options, { nats, postgres, redis, mongo, mail }),
      onExit: running.onExit,
      async stop(how) {
        await Promise.all([mail.close(), running.stop()])
        if (how?.discard) discard(dir)
        held.release()
      },
    }
  } catch (error) {
    await processes?.stop()
    held.release()
    throw error
  }
}

function environmentOf(
  options: BackendsOptions,
  { nats, postgres, redis, mongo, mail }: Pick<Backends, 'nats' | 'postgres' | 'redis' | 'mongo' | 'mail'>,
): Record<string, string> {
  const passwords = Object.keys(options.nats_users).map((user) => [
    `${settingName(user)}__NATS_PASSWORD`,
    nats.user(user).pass,
  ])
  const databases = options.databases.map((service) => [`${settingName(service)}__DATABASE_URL`, postgres.url(service)])
  return {
    NATS_URL: nats.urls.join(','),
    NATS_ADMIN_PASSWORD: nats.user(natsAdmin).pass,
    REDIS_URL: redis.url,
    MONGODB_URL: mongo.url,
    SMTP_URL: mail.smtp_url,
    ...Object.fromEntries([...passwords, ...databases]),
  }
}

function discard(dir: string): void {
  for (const name of dataFolders) rmSync(join(dir, name), { recursive: true, force: true })
  rmSync(dirname(elsewhere(dir)), { recursive: true, force: true })
}

function seconds(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}
