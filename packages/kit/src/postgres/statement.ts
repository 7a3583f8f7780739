// A named, prepared SQL statement as a function. Every statement of the system is made here, so each is traced by its name.
import type { QueryResultRow } from 'pg'
import { traced } from '../telemetry/tracing.ts'

/** What can run a statement: a pool, or one transaction. */
export type Queryable = {
  query<Row extends QueryResultRow>(query: { name: string; text: string; values: unknown[] }): Promise<{ rows: Row[] }>
}

/**
 * Declares a statement. PostgreSQL parses and plans it once for each connection. The name must be unique in its database;
 * parameters are positional ($1 …); the rows come back as the row type says, columns in snake_case.
 *
 * @example const balanceOf = statement<[user_id: string], { balance: number }>('balance_of', 'select balance from accounts where user_id = $1')
 */
export const statement =
  <Parameters extends unknown[], Row extends QueryResultRow = Record<string, never>>(name: string, text: string) =>
  async (db: Queryable, ...values: Parameters): Promise<Row[]> => {
    const result = await traced(`sql ${name}`, { 'db.system.name': 'postgresql', 'db.operation.name': name }, () =>
      db.query<Row>({ name, text, values }),
    )
    return result.rows
  }

/** The JSON parameter of a set-based statement: `from jsonb_to_recordset($1::jsonb) as t(…)`. */
export const rowsOf = (rows: readonly object[]): string => JSON.stringify(rows)
