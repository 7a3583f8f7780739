// For each message and call of order-history: fold events into the read model, and read it.
import type { Caller, getTimeline, listOrders, topology } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type Queryable, reject, rowsOf } from '@deliveryflow/kit'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { entryOf, fold, type Happened, type View } from './domain.ts'
import * as store from './store.ts'

type Answer<R> = AnswerOf<R, Context<(typeof topology)['order-history']>>

/** Folds events in: the same for every type, since the domain knows what each means. */
export const project = {
  effects: 'none',
  mixed: true,
  batch: async (messages: readonly Happened[], tx: Queryable): Promise<void> => {
    const entries = messages.map((message) => ({ order_id: message.data.order_id, ...entryOf(message) }))
    const views = fold(messages)
    const written = await store.record(tx, rowsOf(entries), rowsOf([...views.values()].map(rowOf)))
    for (const { order_id } of written) views.delete(order_id)
    if (views.size === 0) return
    const before = await store.lockOrders(tx, [...views.keys()])
    const after = fold(
      messages.filter(({ data }) => views.has(data.order_id)),
      before,
    )
    await store.updateOrders(tx, rowsOf([...after.values()].map(rowOf)))
  },
} as const

const rowOf = ({ content, ...progress }: View) => ({
  ...progress,
  ...(content && {
    created_at: content.created_at,
    total_amount: content.total.amount,
    currency: content.total.currency,
    items: content.items,
    product_ids: content.items.map(({ product_id }) => product_id),
    delivery_address: content.delivery_address,
  }),
})

/** Whose orders a caller may see: their own, or everybody's (null). */
const scopeOf = (caller: Caller): string | null => (caller.role === 'admin' ? null : caller.user_id)

export const list: Answer<typeof listOrders> = async (filter, { db }, caller) => {
  const { status, from, to, product_id, total_min, total_max, cursor, limit } = filter
  const after = cursor === undefined ? undefined : decodeCursor(cursor)
  if (after === null) return reject('invalid_request', 'cursor: pass a next_cursor as it came, or none.')
  const earliest = from === undefined ? null : new Date(from)
  const latest = to === undefined ? null : new Date(to)
  if (earliest && latest && earliest > latest) return reject('invalid_request', 'from: must not be later than to.')
  if (total_min !== undefined && total_max !== undefined && total_min > total_max) {
    return reject('invalid_request', 'total_min: must not be greater than total_max.')
  }

  const scope = scopeOf(caller)
  const select = scope !== null ? store.listOfUser : product_id ? store.listOfProduct : store.listAll
  // One more than asked for tells whether a page follows.
  const rows = await select(
    db,
    scope,
    status ?? null,
    earliest,
    latest,
    product_id ?? null,
    total_min ?? null,
    total_max ?? null,
    after?.created_at ?? null,
    after?.order_id ?? null,
    limit + 1,
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map(({ total_amount, currency, created_at, updated_at, ...order }) => ({
      ...order,
      total: { amount: total_amount, currency },
      created_at: created_at.toISOString(),
      updated_at: updated_at.toISOString(),
    })),
    next_cursor: last ? encodeCursor(last) : null,
  }
}

export const timeline: Answer<typeof getTimeline> = async ({ order_id }, { db }, caller) => {
  const entries = await store.selectTimeline(db, order_id, scopeOf(caller))
  if (entries.length === 0) return reject('not_found', 'You have no order with this id.')
  return { order_id, entries: entries.map(({ at, ...entry }) => ({ ...entry, at: at.toISOString() })) }
}
