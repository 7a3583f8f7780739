// The connections of one service to its PostgreSQL database. Reads go to the pool, changes through `transaction`.
import pg from 'pg'
import { Unavailable } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'
import type { Queryable } from './statement.ts'

// bigint as number: every amount and count stays far below 2^53 (see maxAmount in the contracts).
const types = new pg.TypeOverrides()
types.setTypeParser(pg.types.builtins.INT8, Number)

export type Database = Queryable & {
  connect(): Promise<pg.PoolClient>
  /** Resolves when the database answers; throws what it says otherwise. */
  ping(): Promise<void>
  end(): Promise<void>
}

export type DatabaseOptions = {
  url: string
  application_name: string
  max: number
  /** Settings of each connection, as `-c name=value` words. */
  options?: string
}

/** Opens a pool; connections are made when first needed, and a lost one is replaced. */
export const openDatabase = ({ url, application_name, max, options }: DatabaseOptions, log: Log): Database => {
  const pool = new pg.Pool({
    connectionString: url,
    application_name,
    max,
    types,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true,
    ...(options === undefined ? {} : { options }),
  })
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'))
  return {
    query: (query) => pool.query(query),
    connect: async () => {
      try {
        const client = await pool.connect()
        // Without a listener a connection that breaks while it is checked out would end the process.
        if (client.listenerCount('error') === 0)
          client.on('error', (error) => log.warn({ err: error }, 'a database connection was lost'))
        return client
      } catch (error) {
        throw new Unavailable('The database does not answer.', { cause: error })
      }
    },
    ping: async () => void (await pool.query('select 1')),
    end: () => pool.end(),
  }
}
