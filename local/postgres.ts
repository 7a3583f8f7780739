// One PostgreSQL server with a database for each service, or the one of DATABASE_URL. What is in them is the services' own.
import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { BackendError, reasonOf } from './backend-error.ts'
import type { BackendContext } from './context.ts'
import { databaseName, provisionDatabases } from './databases.ts'
import { externalProcess, type ManagedProcess, managedProcess } from './managed.ts'
import { requireFree } from './ports.ts'
import { type Account, canReach, letThrough, openFolder, postgresAccount } from './postgres-account.ts'
import { findPostgres } from './postgres-binaries.ts'
import { commandOf } from './process-table.ts'

export type PostgresBackend = ManagedProcess & {
  /** Signs in as the superuser, to the database `postgres`. */
  admin_url: string
  /** Signs in as the service to its own database. */
  url(service: string): string
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '400',
  shared_buffers: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_compression: 'on',
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

/** Starts PostgreSQL, makes its databases and resolves once it answers. */
export async function startPostgres(context: BackendContext, services: string[]): Promise<PostgresBackend> {
  const external = context.environment.DATABASE_URL
  const server = external === undefined ? await ownServer(context) : await externalServer(context, external)
  const provisioning = Date.now()
  const passwordOf = (service: string) => context.secret(`postgres:${service}`)
  try {
    await provisionDatabases(server.admin_url, services, passwordOf)
  } catch (error) {
    throw new BackendError(
      'Cannot make the databases',
      reasonOf(error),
      'See the log of PostgreSQL and the rights of its user.',
    )
  }
  context.report(`PostgreSQL: ${services.length} databases in place in ${context.seconds(provisioning)}`)
  return Object.assign(server, {
    url(service: string) {
      if (!services.includes(service)) throw new Error(`service ${service} owns no database`)
      const url = new URL(server.admin_url)
      url.username = databaseName(service)
      url.password = passwordOf(service)
      url.pathname = `/${databaseName(service)}`
      return url.href
    },
  })
}

async function externalServer(context: BackendContext, url: string) {
  context.report('PostgreSQL: the external one, from DATABASE_URL')
  return Object.assign(externalProcess('postgres', 'DATABASE_URL'), { admin_url: url })
}

async function ownServer(context: BackendContext) {
  const port = context.ports.postgres
  await requireFree([{ port, use: 'postgres', setting: 'DF_POSTGRES_PORT' }])
  const account = await postgresAccount(context.processes, context.report)
  const binary = await findPostgres(context, account)
  const data = dataFolder(context, account)
  const password = context.secret('postgres:superuser')
  await initialise(context, account, binary, data, password)
  const admin = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const started = Date.now()
  const postgres = managedProcess({
    processes: context.processes,
    program: {
      name: 'postgres',
      command: binary.path,
      args: [
        '-D',
        data,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: { LC_ALL: 'C' },
      cwd: data,
      account,
      stop_signal: 'SIGINT', // ends sessions and shuts down in order; SIGTERM would wait for the sessions
    },
    prepare: () => removeStalePid(data),
    answers: () => answers(admin),
    patience: 60_000, // recovery after a kill replays the log
  })
  await postgres.start()
  context.report(`PostgreSQL: ready on port ${port} in ${context.seconds(started)}`)
  return Object.assign(postgres, { admin_url: admin })
}

/** In `dir`, or where a root user's PostgreSQL can reach it when it cannot reach that. */
export function dataFolder(
  { dir, report }: Pick<BackendContext, 'dir' | 'report'>,
  account: Account | undefined,
): string {
  if (account === undefined) return join(dir, 'postgres')
  if (canReach(account, dirname(dir))) letThrough(dir)
  if (canReach(account, dir)) return join(dir, 'postgres')
  const data = elsewhere(dir)
  report(`PostgreSQL: its user cannot reach ${dir}, keeping its data in ${data}`)
  return data
}

/** The folder below /var/lib that belongs to `dir`. */
export function elsewhere(dir: string): string {
  return join(openFolder, createHash('sha256').update(dir).digest('hex').slice(0, 12), 'postgres')
}

/** Makes the cluster beside its place and moves it there when it is whole and on disk. */
async function initialise(
  context: BackendContext,
  account: Account | undefined,
  binary: { version: string; initdb: string },
  data: string,
  password: string,
): Promise<void> {
  const marker = join(data, 'PG_VERSION')
  const major = Number.parseInt(binary.version, 10)
  if (existsSync(marker)) {
    const made = readFileSync(marker, 'utf8').trim()
    if (made !== String(major)) {
      const todo = 'Start with --fresh to discard the data, or make that PostgreSQL available.'
      throw new BackendError(`Cannot use the data in ${data}`, `PostgreSQL ${made} made it and this is ${major}`, todo)
    }
    if (account !== undefined && statSync(data).uid !== account.uid) {
      await context.processes.run({ command: 'chown', args: ['-R', `${account.uid}:${account.gid}`, data] })
    }
    return
  }
  const started = Date.now()
  mkdirSync(dirname(data), { recursive: true })
  for (const name of readdirSync(dirname(data))) {
    if (name.startsWith(`${basename(data)}.new-`)) rmSync(join(dirname(data), name), { recursive: true }) // cut off
  }
  const draft = mkdtempSync(`${data}.new-`)
  const passwordFile = join(draft, 'password')
  const cluster = join(draft, 'data')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account !== undefined) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid)
  // Since 17 PostgreSQL brings a locale of its own, so that a database does not depend on the machine's.
  const locale = major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  try {
    await context.processes.run({
      command: binary.initdb,
      args: [
        ...['-D', cluster, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale=C', ...locale, '--no-instructions'],
      ],
      env: { LC_ALL: 'C' },
      cwd: draft,
      account,
    })
    renameSync(cluster, data)
  } catch (error) {
    throw new BackendError(
      'Cannot make a PostgreSQL data folder',
      reasonOf(error),
      `See that ${dirname(data)} has space and may be written.`,
    )
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  context.report(`PostgreSQL: new data folder ${data} in ${context.seconds(started)}`)
}

/**
 * After SIGKILL the pid file stays. PostgreSQL recognises that by itself unless some other process of its user has been
 * given the same pid since; whether that one is a PostgreSQL on this folder only its command line says.
 */
async function removeStalePid(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const deadline = Date.now() + 15_000
  while (existsSync(file)) {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    if (!commandOf(pid)?.includes(data)) {
      rmSync(file, { force: true })
      return
    }
    if (Date.now() > deadline) {
      throw new BackendError(
        `${data} is in use`,
        `PostgreSQL runs on it as process ${pid}`,
        `Stop that one: kill -INT ${pid}.`,
      )
    }
    await sleep(100)
  }
}

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // a connection cut while it starts: the query below fails too
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => {})
  }
}
