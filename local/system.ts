// The whole system on this machine: backends, streams and schemas, and every service. `npm start` and the tests run it.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  databaseOf,
  databases,
  natsPermissions,
  type ServiceName,
  settingName,
  topology,
} from '@deliveryflow/contracts'
import { prepare } from '@deliveryflow/services/prepare'
import { type Backends, startBackends } from './backends.ts'
import { type ManagedProcess, managedProcess } from './managed.ts'
import { buildPages, pagesServer } from './pages.ts'
import { freePort, type Ports } from './ports.ts'
import { noteRunning } from './running.ts'
import { openSecrets } from './secrets.ts'

export type SystemOptions = {
  /** The root of data, logs and secrets. */
  dir: string
  ports: Ports | 'free'
  /** Port of the HTTP API; `free`: any. */
  http_port: number | 'free'
  fresh?: boolean
  /** Each service in a process of its own, instead of all in one. */
  each?: boolean
  /** Settings beside those of the backends: `NAME` or `SERVICE__NAME`. */
  settings?: Record<string, string>
  report(line: string): void
}

export type System = {
  /** The root of data, logs and secrets; dfctl --local-folder takes it. */
  readonly dir: string
  readonly backends: Backends
  /** Where the HTTP API answers. */
  readonly url: string
  readonly admin: { readonly email: string; readonly password: string }
  /** The service processes: one for each service, or one named `services`. */
  readonly processes: ReadonlyMap<string, ManagedProcess>
  /** The server of the web pages. */
  readonly pages: ManagedProcess
  stop(options?: { discard?: boolean }): Promise<void>
}

const names = Object.keys(topology) as ServiceName[]
const main = fileURLToPath(new URL('../services/main.ts', import.meta.url))

/** Starts the system and resolves once every service is ready. Throws BackendError, and leaves nothing running, when it cannot. */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const { report } = options
  const backends = await startBackends({
    dir: options.dir,
    ports: options.ports,
    nats_users: natsPermissions(),
    databases,
    fresh: options.fresh ?? false,
    report,
  })
  try {
    await Promise.all([prepareBackends(backends, report), buildPages(backends.processes, report)])
    const web_port = await freePort()
    const http_port = options.http_port === 'free' ? await freePort() : options.http_port
    const url = `http://localhost:${http_port}`
    const secret = openSecrets(join(options.dir, 'service-secrets.json'))
    const admin = { email: 'admin@deliveryflow.example', password: secret('admin') }
    const environment = {
      ...backends.environment(),
      ...rolesOfOneDatabase(backends),
      API_GATEWAY__HTTP_PORT: String(http_port),
      API_GATEWAY__HTTP_HOST: '127.0.0.1',
      API_GATEWAY__WEB_URL: `http://127.0.0.1:${web_port}`,
      NOTIFICATION_WORKER__PUBLIC_URL: process.env.NOTIFICATION_WORKER__PUBLIC_URL ?? process.env.PUBLIC_URL ?? url,
      IDENTITY__KEY_ENCRYPTION_KEY: createHash('sha256').update(secret('key-encryption')).digest('base64url'),
      AUDIT__ARCHIVE_URL:
        process.env.AUDIT__ARCHIVE_URL ?? process.env.ARCHIVE_URL ?? pathToFileURL(join(options.dir, 'archive')).href,
      // So soon that whoever looks at the system for the first time meets a segment.
      AUDIT__ARCHIVE_SECONDS: process.env.AUDIT__ARCHIVE_SECONDS ?? process.env.ARCHIVE_SECONDS ?? '600',
      AUDIT__SIGNING_KEY: createHash('sha256').update(secret('history-signing')).digest('base64url'),
      IDENTITY__ADMIN_EMAIL: admin.email,
      IDENTITY__ADMIN_PASSWORD: admin.password,
      DELIVERY__SIMULATOR: process.env.DELIVERY__SIMULATOR ?? process.env.SIMULATOR ?? 'true',
      ...options.settings,
    }
    const pages = pagesServer(backends.processes, web_port)
    const [processes] = await Promise.all([startServices(backends, environment, options.each ?? false), pages.start()])
    const forget = noteRunning(options.dir, { url, admin, backends })
    return {
      dir: options.dir,
      backends,
      url,
      admin,
      processes,
      pages,
      stop: async (how) => {
        forget()
        await Promise.all([...processes.values(), pages].map((process) => process.stop()))
        await backends.stop(how)
      },
    }
  } catch (error) {
    await backends.stop()
    throw error
  }
}

const prepareBackends = async (backends: Backends, report: (line: string) => void) => {
  const { user, pass } = backends.nats.user('admin')
  const schemas = await Promise.all(
    databases.map(async (database) => ({
      database,
      database_url: backends.postgres.url(database),
      folder: new URL(`../services/${database}/migrations`, import.meta.url),
    })),
  )
  const messaging = { url: backends.nats.urls.join(','), user, password: pass, replicas: 3 }
  const prepared = await prepare(messaging, schemas, { wait_ms: 30_000, report })
  report(`Streams and consumers: ${prepared.streams.length} changed; migrations applied: ${prepared.migrations.length}`)
}

/** Services that share a database (the roles of notification) find it under their own names. */
const rolesOfOneDatabase = (backends: Backends) =>
  Object.fromEntries(
    Object.values(topology).flatMap((service) => {
      const database = databaseOf(service)
      if (database === null) return []
      return [[`${settingName(service.name)}__DATABASE_URL`, backends.postgres.url(database)]]
    }),
  )

const startServices = async (backends: Backends, environment: Record<string, string>, each: boolean) => {
  const groups = each ? names.map((name) => ({ name, args: [name] })) : [{ name: 'services', args: ['--all'] }]
  const taken = new Set<number>()
  const processes = new Map<string, ManagedProcess>()
  for (const { name, args } of groups) {
    const port = await freePort(taken)
    taken.add(port)
    processes.set(
      name,
      managedProcess({
        processes: backends.processes,
        program: {
          name,
          command: process.execPath,
          // A larger nursery: most objects live as long as one batch.
          args: ['--max-semi-space-size=32', main, ...args],
          env: { ...environment, HEALTH_PORT: String(port), NODE_NO_WARNINGS: '1' },
        },
        answers: () => isReady(port),
      }),
    )
  }
  await Promise.all([...processes.values()].map((process) => process.start()))
  return processes
}

const isReady = async (port: number) => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3000) })
  if (!answer.ok) throw new Error(`not ready: ${await answer.text()}`)
}
