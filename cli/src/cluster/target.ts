// An installation on a cluster: its parts are reached through port-forwards, its passwords read from its Secrets.
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Failure } from '../failure.ts'
import type { Globals } from '../options.ts'
import type { Target } from '../target.ts'
import { ask, type Cluster, openKubernetes } from './client.ts'
import { type Forward, forward, podBehind } from './forward.ts'

const natsNodes = ['nats-0', 'nats-1', 'nats-2']

/** Opens the installation in the namespace; nothing is asked of the cluster before it is needed. */
export const openCluster = (globals: Globals): Target => {
  const cluster = openKubernetes(globals)
  const { namespace } = cluster
  const forwards = new Map<string, Promise<Forward>>()
  const to = async (key: string, pod: () => Promise<string>, port: number): Promise<number> => {
    const opened = forwards.get(key) ?? forward(cluster, pod, port)
    forwards.set(key, opened)
    return (await opened).port
  }
  const toService = (service: string, port: number) => to(service, () => podBehind(cluster, service), port)
  let connection: Promise<NatsConnection> | undefined

  /** The URL in a Secret, with a forwarded port in the place of the Service. Its certificate names that one, and need not: Kubernetes
   * itself leads the tunnel to the pod. */
  const forwarded = async (secret: string, service: string, port: number) => {
    const url = new URL(await secretOf(cluster, secret, 'uri'))
    url.hostname = '127.0.0.1'
    url.port = String(await toService(service, port))
    if (url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'no-verify')
    if (url.searchParams.get('tls') === 'true') url.searchParams.set('tlsAllowInvalidCertificates', 'true')
    return url.href
  }

  return {
    kind: 'cluster',
    label: `namespace ${namespace} of context ${cluster.context}`,
    http: async () => `http://127.0.0.1:${await toService('api-gateway', 8080)}`,
    admin: async () => ({
      email: await secretOf(cluster, 'deliveryflow-identity', 'admin-email'),
      password: await secretOf(cluster, 'deliveryflow-identity', 'admin-password'),
    }),
    nats: () => {
      connection ??= (async () => {
        const [pass, encrypted] = await Promise.all([secretOf(cluster, 'nats-auth', 'admin'), natsIsEncrypted(cluster)])
        const servers = [`127.0.0.1:${await toService('nats', 4222)}`]
        return connect({
          servers,
          user: 'admin',
          pass,
          name: 'dfctl',
          timeout: 5000,
          ignoreClusterUpdates: true,
          maxReconnectAttempts: -1,
          ...(encrypted && { tls: { handshakeFirst: true, rejectUnauthorized: false } }),
        })
      })()
      return connection
    },
    natsMonitors: async () =>
      new Map(
        await Promise.all(
          natsNodes.map(async (node) => {
            const port = await to(`${node}:8222`, async () => node, 8222)
            return [node, `http://127.0.0.1:${port}`] as const
          }),
        ),
      ),
    database: (name) => forwarded(`postgres-${name}`, 'postgres', 5432),
    redis: () => forwarded('redis-auth', 'redis', 6379),
    mongodb: () => forwarded('mongodb-review', 'mongodb', 27017),
    mail: async () => `http://127.0.0.1:${await to('mail:8025', () => podBehind(cluster, 'mail'), 8025)}`,
    close: async () => {
      await (await connection?.catch(() => undefined))?.close()
      await Promise.all([...forwards.values()].map(async (opened) => (await opened.catch(() => undefined))?.close()))
    },
  }
}

/** Whether the services are told to connect to NATS by TLS. */
const natsIsEncrypted = async ({ core, namespace }: Cluster): Promise<boolean> => {
  const settings = await ask('read configmap order', core.readNamespacedConfigMap({ name: 'order', namespace }))
  return settings?.data?.NATS_URL?.startsWith('tls://') ?? false
}

/** One value of a Secret. Throws `not_found` when it is not there. */
export const secretOf = async ({ core, namespace }: Cluster, name: string, key: string): Promise<string> => {
  const secret = await ask(`read secret ${name}`, core.readNamespacedSecret({ name, namespace }))
  const value = secret?.data?.[key]
  if (value !== undefined) return Buffer.from(value, 'base64').toString('utf8')
  throw new Failure(
    'not_found',
    `There is no ${secret ? `key ${key} in ` : ''}secret ${name} in namespace ${namespace}`,
    {
      why: 'DeliveryFlow is not installed there, or only in part',
      next: 'Install it with dfctl deploy; another installation: --namespace.',
    },
  )
}
