// One transaction: state and events commit together, and what waits for the commit runs right after it.
import type { DataOf, MessageContract } from '@deliveryflow/contracts'
import type { PoolClient, QueryResultRow } from 'pg'
import { type Cause, type Outgoing, outgoing } from '../messaging/envelope.ts'
import { insertIntoOutbox } from '../outbox/store.ts'
import type { Database } from './database.ts'
import { type Queryable, rowsOf } from './statement.ts'

/** A running transaction. `Says` are the messages its service may emit. */
export type Transaction<Says extends MessageContract = MessageContract> = Queryable & {
  /**
   * Emits a message when, and only when, the transaction commits. `cause`: the message that led to it; its journey goes on.
   * Returns its id and the time it bears. Throws when the data does not fit the contract.
   */
  emit<M extends Says>(contract: M, data: DataOf<M>, cause?: Cause): { readonly id: string; readonly time: Date }
  /** Runs after the commit and never before; for caches and the like. A failure is the callback's own matter. */
  afterCommit(callback: () => void): void
}

/** Opens transactions for one service. */
export type Transact<Says extends MessageContract = MessageContract> = <T>(
  work: (tx: Transaction<Says>) => Promise<T>,
) => Promise<T>

/**
 * Makes the `transaction` of a service. Each run commits what the work did together with the messages it emitted, or
 * nothing at all when the work throws. `committed` is told when messages wait in the outbox.
 */
export const transactions =
  (db: Database, source: string, committed: () => void): Transact =>
  async (work) => {
    const client = await db.connect()
    const emitted: Outgoing[] = []
    const callbacks: (() => void)[] = []
    let failure: Error | undefined
    try {
      // Not awaited: the first statement is on its way already. A failure here fails that statement too.
      client.query('begin').catch(() => undefined)
      const result = await work({
        query: <Row extends QueryResultRow>(query: { name: string; text: string; values: unknown[] }) =>
          client.query<Row>(query),
        emit: (contract, data, cause) => {
          const message = outgoing(source, contract, data, cause)
          emitted.push(message)
          return { id: message.id, time: new Date(message.headers['ce-time']) }
        },
        afterCommit: (callback) => void callbacks.push(callback),
      })
      await commit(client, emitted)
      if (emitted.length > 0) committed()
      for (const callback of callbacks) callback()
      return result
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error))
      await client.query('rollback').catch((cause: unknown) => {
        failure = new Error('The connection was lost in a transaction.', { cause })
        Object.assign(failure, { code: '08006' })
      })
      throw failure
    } finally {
      // A connection that could not even roll back is not given to anybody else.
      client.release(failure !== undefined && 'code' in failure && failure.code === '08006')
    }
  }

/** Outbox and commit in one round trip: should the insert fail, PostgreSQL turns the commit into a rollback. */
const commit = async (client: PoolClient, emitted: readonly Outgoing[]): Promise<void> => {
  const inserted = emitted.length > 0 ? insertIntoOutbox(client, rowsOf(emitted)) : undefined
  const [{ command }] = await Promise.all([client.query('commit'), inserted])
  if (command !== 'COMMIT') throw new Error('A statement failed in the transaction, and nobody said so.')
}
