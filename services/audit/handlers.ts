// What audit hears and answers: records are entered into the index, and found there.
import type { InputOf, listAuditEvents, topology } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type Queryable, reject } from '@deliveryflow/kit'
import type { StoredRecord } from '@deliveryflow/kit/history/record'
import { impossible } from './domain.ts'
import * as store from './store.ts'

type Answer<R> = AnswerOf<R, Context<typeof topology.audit>>

/** Enters records, whatever they are. */
export const enter = (records: readonly StoredRecord[], tx: Queryable): Promise<void> =>
  store.insertEvents(tx, records.map(store.hashed))

/** A cursor is the sequence of the last event of a page. */
const cursorForm = /^\d{1,15}$/

export const list: Answer<typeof listAuditEvents> = async (filter, { db }) => {
  const { order_id, user_id, type, correlation_id, aggregate, order = 'asc', cursor, limit } = filter
  const from = filter.from === undefined ? null : new Date(filter.from)
  const to = filter.to === undefined ? null : new Date(filter.to)
  const problem = impossible({ type, from, to })
  if (problem) return reject('invalid_request', problem)
  if (cursor !== undefined && !cursorForm.test(cursor)) {
    return reject('invalid_request', 'cursor: pass a next_cursor as it came, or none.')
  }

  const select = selectFor(filter)[order]
  // One more than asked for tells whether a page follows.
  const rows = await select(
    db,
    Number(cursor ?? (order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER)),
    order_id ?? null,
    user_id ?? null,
    type ?? null,
    from,
    to,
    correlation_id ?? null,
    aggregate ?? null,
    limit + 1,
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows
      .slice(0, limit)
      .map(({ time, data, ...record }) => ({ ...record, time: time.toISOString(), data: objectOf(data) })),
    next_cursor: last ? String(last.sequence) : null,
  }
}

/** Whatever somebody published, as an object. */
const objectOf = (data: unknown): Record<string, unknown> => {
  if (data === null) return {}
  return typeof data === 'object' && !Array.isArray(data) ? { ...data } : { value: data }
}

/** The statement that finds the events of a filter soonest. */
const selectFor = (filter: InputOf<typeof listAuditEvents>) => {
  const { order_id, user_id, correlation_id, aggregate, type, from, to } = filter
  if (order_id) return store.listOfOrder
  if (aggregate) return store.listOfAggregate
  if (correlation_id) return store.listOfJourney
  if (user_id) return store.listOfUser
  if (from || to) return store.listOfTime
  return type ? store.listOfType : store.listAll
}
