// Makes running backends fit for the services: streams, consumers, and every database at its newest schema.
import { fileURLToPath } from 'node:url'
import { databaseOf, type ServiceName, services } from '@deliveryflow/contracts'
import { provision } from '@deliveryflow/kit/messaging/provision'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { connect } from '@nats-io/transport-node'

/** What was changed, for people to read. */
export type Prepared = { streams: string[]; migrations: string[] }

/** A database and where its migrations lie. Roles that share a database name the same folder. */
export type Schema = { service: ServiceName; database_url: string; folder: URL }

/** Makes the streams and consumers and applies migrations, side by side. `replicas`: copies of each stream. */
export const prepare = async (
  nats: { url: string; password: string; replicas: number },
  schemas: readonly Schema[],
): Promise<Prepared> => {
  const connection = await connect({ servers: nats.url.split(','), user: 'admin', pass: nats.password })
  try {
    const [made, ...applied] = await Promise.all([
      provision(connection, nats.replicas),
      ...schemas.map(async ({ service, database_url, folder }) => {
        const migrations = await migrate(database_url, fileURLToPath(folder))
        return migrations.map(({ name }) => `${service}: ${name}`)
      }),
    ])
    return {
      streams: made
        .filter(({ change }) => change !== 'unchanged')
        .map(({ kind, name, change }) => `${kind} ${name} ${change}`),
      migrations: applied.flat(),
    }
  } finally {
    await connection.close()
  }
}

/** Every database of the system, once. */
export const databases = (): string[] => [...new Set(services.flatMap((service) => databaseOf(service) ?? []))]
