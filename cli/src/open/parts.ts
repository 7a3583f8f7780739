// The parts of an installation that `dfctl open` reaches: behind which Service, on which port of its pods, and what is there.
import type { ServiceName } from '@deliveryflow/contracts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'

/** `port`: of the pod, and by default of this machine too. `path`: what a browser opens; null: nothing for a browser. */
export type Part = {
  readonly about: string
  readonly service: string
  readonly port: number
  readonly scheme: string
  readonly path: string | null
  /** The address in the local run. */
  local(target: Target): Promise<string>
  /** Where the password is, when one is asked for. */
  readonly secret?: string
}

const first = async (target: Target): Promise<string> => {
  const [monitor] = (await target.natsMonitors()).values()
  if (monitor === undefined) throw new Failure('not_found', 'No NATS server is known.')
  return monitor
}

/** An address without user, password and options: what is printed may be seen by others. */
const bare = (url: string): string => {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

const gateway = { service: 'api-gateway' satisfies ServiceName, port: 8080, scheme: 'http' } as const

export const parts: Readonly<Record<string, Part>> = {
  gateway: { ...gateway, about: 'the HTTP API', path: '', local: (target) => target.http() },
  shop: {
    ...gateway,
    about: 'the pages: the shop, and operations for administrators',
    path: '',
    local: (target) => target.http(),
  },
  docs: {
    ...gateway,
    about: 'the pages that try the API',
    path: '/docs',
    local: async (target) => `${await target.http()}/docs`,
  },
  metrics: {
    about: 'health and metrics of a service (--service, the gateway by default)',
    service: gateway.service,
    port: 8081,
    scheme: 'http',
    path: '/metrics',
    local: async (target) => `${await target.http()}/metrics`,
  },
  mail: {
    about: 'the letters that were caught',
    service: 'mail',
    port: 8025,
    scheme: 'http',
    path: '',
    local: (target) => target.mail(),
  },
  nats: {
    about: 'NATS for clients',
    service: 'nats',
    port: 4222,
    scheme: 'nats',
    path: null,
    local: async (target) => (await target.nats()).getServer().replace(/^(nats:\/\/)?/, 'nats://'),
    secret: 'nats-auth',
  },
  monitor: {
    about: 'the monitoring page of a NATS server',
    service: 'nats',
    port: 8222,
    scheme: 'http',
    path: '',
    local: first,
  },
  postgres: {
    about: 'PostgreSQL',
    service: 'postgres',
    port: 5432,
    scheme: 'postgres',
    path: null,
    local: async (target) => bare(await target.database('order')),
    secret: 'postgres-order (or that of another database)',
  },
  redis: {
    about: 'Redis',
    service: 'redis',
    port: 6379,
    scheme: 'redis',
    path: null,
    local: async (target) => bare(await target.redis()),
    secret: 'redis-auth',
  },
  mongodb: {
    about: 'MongoDB',
    service: 'mongodb',
    port: 27017,
    scheme: 'mongodb',
    path: null,
    local: async (target) => bare(await target.mongodb()),
    secret: 'mongodb-review',
  },
}
