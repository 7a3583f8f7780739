// Reads what no call answers straight from a service's database. Read-only: dfctl changes nothing behind a service's back.
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import pg from 'pg'
import { Failure, reasonOf } from './failure.ts'
import type { Target } from './target.ts'

// bigint as number: every amount and count stays far below 2^53 (see maxAmount in the contracts).
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)

/** A dfctl that reads for longer than this in one statement is in the way of the service. */
const longestStatement = 15_000
/** A server under load, which is when dfctl is asked most, may let a connection wait for seconds. */
export const longestConnecting = 15_000

/**
 * Runs `work` on one read-only connection to the database of this name, and closes it. Throws an `unhealthy` Failure when
 * the database does not answer.
 */
export const withDatabase = async <T>(
  target: Target,
  name: string,
  work: (db: Queryable) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client({
    connectionString: await target.database(name),
    application_name: 'dfctl',
    connectionTimeoutMillis: longestConnecting,
    // A statement that selects by any of many parameters is planned for those that it has.
    options: `-c default_transaction_read_only=on -c statement_timeout=${longestStatement} -c plan_cache_mode=force_custom_plan`,
    types,
  })
  // Without a listener a connection that breaks would end the process; the statement in hand fails anyway.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw new Failure('unhealthy', `The database ${name} does not answer`, {
      why: reasonOf(error),
      next: 'See dfctl check.',
      cause: error,
    })
  }
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
