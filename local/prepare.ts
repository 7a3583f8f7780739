// Makes running backends fit for the services: streams, consumers, and every database at its newest schema.
import { fileURLToPath } from 'node:url'
import { databaseOf, services } from '@deliveryflow/contracts'
import { provision } from '@deliveryflow/kit/messaging/provision'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { connect } from '@nats-io/transport-node'

/** What was changed, for people to read. */
export type Prepared = { streams: string[]; migrations: string[] }

/** A database and where its migrations lie. */
export type Schema = { database: string; database_url: string; folder: URL }

export type Messaging = { url: string; user: string; password: string; replicas: number }

/** Makes the streams and consumers and applies migrations, side by side. `replicas`: copies of each stream. */
export const prepare = async (
  { url, user, password, replicas }: Messaging,
  schemas: readonly Schema[],
): Promise<Prepared> => {
  const connection = await connect({ servers: url.split(','), user, pass: password })
  try {
    const [made, ...applied] = await Promise.all([
      provision(connection, replicas),
      ...schemas.map(async ({ database, database_url, folder }) => {
        const migrations = await migrate(database_url, fileURLToPath(folder))
        return migrations.map(({ name }) => `${database}: ${name}`)
      }),
    ])
    return {
      streams: made.flatMap(({ kind, name, change }) => (change === 'unchanged' ? [] : `${kind} ${name} ${change}`)),
      migrations: applied.flat(),
    }
  } finally {
    await connection.close()
  }
}

/** Every database of the system, once. */
export const databases = (): string[] => [...new Set(services.flatMap((service) => databaseOf(service) ?? []))]
