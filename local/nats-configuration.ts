// The configuration file of one NATS node: cluster, JetStream, accounts and what each user may do. Starting it is nats.ts's.

/** What a user may publish and subscribe; an empty list allows nothing. Subjects as in the NATS documentation. */
export type NatsPermissions = {
  publish: { allow: string[] }
  subscribe: { allow: string[] }
  allow_responses?: { max: number; expires: string }
}

/** The user that may do everything in account APP, and the one of the system account. */
export const natsAdmin = 'admin'
export const natsSystem = 'sys'

/** A configuration in JSON, which the server reads as well as its own format; all text is quoted, so `$` is literal. */
export function natsConfiguration(node: {
  name: string
  port: number
  monitor_port: number
  cluster_port: number
  cluster_ports: number[]
  store: string
  users: Record<string, NatsPermissions>
  secret(name: string): string
}): string {
  const { secret } = node
  const account = (user: string) => ({ user, password: secret(`nats:${user}`) })
  return JSON.stringify(
    {
      server_name: node.name,
      listen: `127.0.0.1:${node.port}`,
      http: `127.0.0.1:${node.monitor_port}`,
      // An acknowledged message is on disk: without `always` the server syncs every two minutes only.
      jetstream: {
        store_dir: node.store,
        sync_interval: 'always',
        max_memory_store: 256 * 2 ** 20,
        max_file_store: 50 * 2 ** 30,
      },
      cluster: {
        name: 'deliveryflow',
        listen: `127.0.0.1:${node.cluster_port}`,
        authorization: { user: 'route', password: secret('nats:route') },
        routes: node.cluster_ports
          .filter((port) => port !== node.cluster_port)
          .map((port) => `nats-route://route:${secret('nats:route')}@127.0.0.1:${port}`),
      },
      system_account: 'SYS',
      accounts: {
        SYS: { users: [account(natsSystem)] },
        APP: {
          jetstream: 'enabled',
          users: [
            account(natsAdmin),
            ...Object.entries(node.users).map(([user, may]) => ({ ...account(user), permissions: permissions(may) })),
          ],
        },
      },
    },
    null,
    2,
  )
}

function permissions(may: NatsPermissions) {
  // The server takes an empty allow-list for no restriction, hence the explicit denial.
  const list = (subjects: string[]) => (subjects.length > 0 ? { allow: subjects } : { deny: ['>'] })
  return {
    publish: list(may.publish.allow),
    subscribe: list(may.subscribe.allow),
    ...(may.allow_responses ? { allow_responses: may.allow_responses } : {}),
  }
}
