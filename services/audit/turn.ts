// Work that one replica at a time does, for as long as it takes.
import { type Database, statement } from '@deliveryflow/kit'

const take = statement<[work: string], { taken: boolean }>(
  'take_turn',
  `select pg_try_advisory_lock(hashtext('audit: ' || $1)) as taken`,
)
const giveBack = statement<[work: string]>('give_turn_back', `select pg_advisory_unlock(hashtext('audit: ' || $1))`)

/**
 * Does a kind of work, unless another replica has the turn: then it resolves to null. The turn belongs to a connection and not to a transaction:
 * one that stays open holds up whoever makes an index of the same database, and the vacuum. Should the connection be lost midway, another
 * replica may begin the same work.
 */
export const inTurn = async <T>(
  db: Database,
  kind: 'replay' | 'archive',
  work: () => Promise<T>,
): Promise<T | null> => {
  const connection = await db.connect()
  try {
    const [turn] = await take(connection, kind)
    return turn?.taken ? await work() : null
  } finally {
    // Given back with the connection: one that could still hold the lock is not given to anybody else.
    const ended = await giveBack(connection, kind).catch(() => null)
    connection.release(ended === null)
  }
}
