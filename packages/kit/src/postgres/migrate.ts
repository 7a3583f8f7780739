// Brings a service's database to the newest schema: the kit's own migrations first, then the service's numbered SQL files.
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import pg from 'pg'

/** One applied migration: which set it belongs to and the file's name. */
export type AppliedMigration = { set: 'messaging' | 'service'; name: string }

/**
 * Applies what is missing, each set in one transaction, and says what it applied. Many may call it at once: they take
 * turns by an advisory lock. `folder`: the service's migrations folder. Throws what PostgreSQL says of a bad migration.
 */
export const migrate = async (databaseUrl: string, folder: string): Promise<AppliedMigration[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const sets = [
      { set: 'messaging', dir: fileURLToPath(new URL('./migrations', import.meta.url)), table: 'migrations_messaging' },
      { set: 'service', dir: folder, table: 'migrations' },
    ] as const
    const applied: AppliedMigration[] = []
    for (const { set, dir, table } of sets) {
      const done = await runner({
        dbClient: client,
        dir,
        direction: 'up',
        migrationsTable: table,
        migrationsSchema: 'public',
        ignorePattern: '\\..*|.*\\.ts',
        advisoryLockMode: 'wait',
        log: () => undefined,
      })
      applied.push(...done.map(({ name }) => ({ set, name })))
    }
    return applied
  } finally {
    await client.end()
  }
}
