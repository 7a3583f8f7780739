// Which places of the history are meant: by numbers, and by the time they were stored.
import { type Places, reach } from '@deliveryflow/kit/history/places'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { Failure } from '../failure.ts'
import { storedAt } from './store.ts'

/** From where to where the history is there, within what is asked for. Throws `not_found` where there is nothing. */
export const rangeOf = async (db: Queryable, from = 1, to = Number.MAX_SAFE_INTEGER): Promise<Places> => {
  const [reached] = await reach(db)
  const { first, last } = reached ?? {}
  if (!first || !last || from > last || to < first)
    throw new Failure('not_found', 'The history holds nothing there', {
      why: first ? `it reaches from ${first} to ${last}` : 'it is empty',
    })
  return { from: Math.max(from, first), to: Math.min(to, last) }
}

/**
 * The first place that was stored at or after a moment; the one behind the last when there is none. Places are in the order of storing,
 * so it is found by halving.
 */
export const firstStored = async (db: Queryable, moment: Date): Promise<number> => {
  let [before, from] = [0, 1]
  const isBefore = async (sequence: number) => {
    const [row] = await storedAt(db, sequence)
    return row !== undefined && row.at.getTime() < moment.getTime()
  }
  while (await isBefore(from)) [before, from] = [from, from * 2]
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (await isBefore(middle)) before = middle
    else from = middle
  }
  return from
}
