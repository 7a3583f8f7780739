// One PostgreSQL server with a database for each service, or the one of DATABASE_URL. What is in them is the services' own.
import { join } from 'node:path'
import { reasonOf } from '@deliveryflow/kit/reason'
import { Client } from 'pg'
import { BackendError } from './backend-error.ts'
import type { BackendContext } from './context.ts'
import { databaseName, provisionDatabases } from './databases.ts'
import { externalProcess, type ManagedProcess, managedProcess } from './managed.ts'
import { postgresAccount } from './postgres-account.ts'
import { findPostgres } from './postgres-binaries.ts'
import { dataFolder, initialise, removeStalePid } from './postgres-data.ts'

export type PostgresBackend = ManagedProcess & {
  /** Signs in as the superuser, to the database `postgres`. */
  admin_url: string
  /** Signs in as the service to its own database. */
  url(service: string): string
}

const settings = {
  listen_addresses: '127.0.0.1',
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
export async function startPostgres(context: BackendContext, services: readonly string[]): Promise<PostgresBackend> {
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
      if (server.socket_folder !== undefined) url.searchParams.set('host', server.socket_folder)
      return url.href
    },
  })
}

async function externalServer(context: BackendContext, url: string) {
  context.report('PostgreSQL: the external one, from DATABASE_URL')
  return Object.assign(externalProcess('postgres', 'DATABASE_URL'), { admin_url: url, socket_folder: undefined })
}

async function ownServer(context: BackendContext) {
  const port = context.ports.postgres
  const account = await postgresAccount(context.processes, context.report)
  const binary = await findPostgres(context, account)
  const data = dataFolder(context, account)
  const password = context.secret('postgres:superuser')
  await initialise(context, account, binary, data, password)
  const admin = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const socket_folder = socketFolder(data, port)
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
        ...Object.entries({ ...settings, unix_socket_directories: socket_folder ?? '' }).flatMap(([name, value]) => [
          '-c',
          `${name}=${value}`,
        ]),
      ],
      env: { LC_ALL: 'C' },
      cwd: data,
      account,
      stop_signal: 'SIGINT', // ends sessions and shuts down in order; SIGTERM would wait for the sessions
    },
    prepare: () => removeStalePid(data),
    answers: () => answers(admin),
  })
  await postgres.start()
  context.report(`PostgreSQL: ready on port ${port} in ${context.seconds(started)}`)
  return Object.assign(postgres, { admin_url: admin, socket_folder })
}

/**
 * Where the services reach it by a Unix socket, which takes a fifth of an order's processor time less than TCP on loopback.
 * Undefined when the path is longer than any system's limit for such a name.
 */
const socketFolder = (data: string, port: number) =>
  Buffer.byteLength(join(data, `.s.PGSQL.${port}`)) <= 103 ? data : undefined

async function answers(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 })
  client.on('error', () => {}) // a connection cut while it starts: the query below fails too
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => {})
  }
}
