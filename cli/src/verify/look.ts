// Looks at what every service holds of orders, and finds those about which they disagree. Reads only.
import { topology } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import { saidOf, unhandled } from '../reconcile/said.ts'
import type { Target } from '../target.ts'
import { type Disagreement, disagreements, type Held, type Missed } from './orders.ts'
import * as store from './store.ts'

/** What changed within this time may be on its way from one service to the next. */
const settling = 15_000
const page = 1000

const settledBy = () => new Date(Date.now() - settling)

export type Looked = { looked_at: number; since: string; wrong: Disagreement[] }

/** Looks at the orders placed since, apart from those that change right now. `progress` is told how many it has looked at. */
export const lookSince = async (target: Target, since: Date, progress: (orders: number) => void): Promise<Looked> => {
  const settled = settledBy()
  const looked: Looked = { looked_at: 0, since: since.toISOString(), wrong: [] }
  for (let after = '00000000-0000-0000-0000-000000000000', more = true; more; ) {
    const orders = await withDatabase(target, 'order', (db) => store.selectOrders(db, since, settled, after, page))
    const suspects = wrongAmong(await heldOf(target, orders), settled)
    looked.wrong.push(...(await lookAt(target, suspects, settled)))
    looked.looked_at += orders.length
    progress(looked.looked_at)
    after = orders.at(-1)?.order_id ?? after
    more = orders.length === page
  }
  return looked
}

/**
 * Looks at these orders, and at what of each was not handled. `until`: only at those that have not changed since; services are read one
 * after the other, so an order that moves meanwhile looks wrong, and does not when it is looked at once more.
 */
export const lookAt = async (
  target: Target,
  order_ids: readonly string[],
  until: Date | null = null,
): Promise<Disagreement[]> => {
  if (order_ids.length === 0) return []
  const settled = settledBy()
  const orders = await withDatabase(target, 'order', (db) => store.selectTheseOrders(db, [...order_ids], until))
  const held = await heldOf(target, orders)
  const wrong = new Set(wrongAmong(held, settled))
  const missed = await missedOf(
    target,
    orders.filter(({ order_id }) => wrong.has(order_id)),
  )
  return held.flatMap((it) => disagreements(it, settled, missed.get(it.order_id)))
}

const wrongAmong = (held: readonly Held[], settled: Date): string[] =>
  held.filter((it) => disagreements(it, settled).length > 0).map(({ order_id }) => order_id)

/** What services have not handled of these orders. */
const missedOf = async (target: Target, orders: readonly store.OrderRow[]): Promise<Map<string, Missed[]>> => {
  if (orders.length === 0) return new Map()
  const since = new Date(Math.min(...orders.map(({ created_at }) => created_at.getTime())))
  const ids = orders.map(({ order_id }) => order_id)
  const missing = await unhandled(target, await saidOf(target, ids, since))
  const missed = Map.groupBy(missing, ({ row }) => row.aggregate)
  return new Map(
    [...missed].map(([id, some]) => [id, some.map(({ service, row: { subject } }) => ({ service, subject }))]),
  )
}

const journey = topology['order-history'].hears.map(({ type }) => type)

/** What every service holds of these orders. */
const heldOf = async (target: Target, orders: readonly store.OrderRow[]): Promise<Held[]> => {
  if (orders.length === 0) return []
  const ids = orders.map(({ order_id }) => order_id)
  const from = <Row extends { order_id: string }>(
    database: string,
    select: (db: Queryable, ids: string[]) => Promise<Row[]>,
  ) =>
    withDatabase(target, database, (db) => select(db, ids)).then(
      (rows) => new Map(rows.map((row) => [row.order_id, row])),
    )
  const [sagas, payments, reservations, deliveries, listed, entries, events] = await Promise.all([
    from('saga', store.sagasOf),
    from('payment', store.paymentsOf),
    from('inventory', store.reservationsOf),
    from('delivery', store.deliveriesOf),
    from('order-history', store.listedOf),
    from('order-history', store.entriesOf),
    from('audit', (db, some) => store.eventsOf(db, some, journey)),
  ])
  const digestOf = (content: string | undefined, lines: string | undefined) => `${content} ${lines}`
  return orders.map(({ order_id, status, total_amount }) => ({
    order_id,
    status,
    total: total_amount,
    saga: sagas.get(order_id) ?? null,
    payment: payments.get(order_id) ?? null,
    reservation: reservations.get(order_id)?.status ?? null,
    delivery: deliveries.get(order_id)?.status ?? null,
    listed: listed.get(order_id)?.status ?? null,
    entries: entries.get(order_id)?.entries ?? 0,
    events: events.get(order_id)?.events ?? 0,
    shown: digestOf(listed.get(order_id)?.content, entries.get(order_id)?.lines),
    told: digestOf(events.get(order_id)?.content, events.get(order_id)?.lines),
  }))
}
