// Whether what must hold does: money and stock conserved, the services of one mind about every order, the read model whole.
import { topology } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import type { Target } from '../target.ts'
import { type Disagreement, disagreements, type Held } from './orders.ts'
import * as store from './store.ts'

export type Verified = {
  money: { wallets: number; entries: number; wrong: string[] }
  stock: { products: number; wrong: string[] }
  orders: { looked_at: number; since: string; wrong: Disagreement[] }
}

/** What changed within this time may be on its way from one service to the next. */
const settling = 15_000
const page = 1000

/** Looks at all money and stock, and at the orders placed since. Reads only. `progress` is told how many orders were looked at. */
export const verify = async (target: Target, since: Date, progress: (orders: number) => void): Promise<Verified> => {
  const [money, stock] = await Promise.all([
    withDatabase(target, 'payment', moneyOf),
    withDatabase(target, 'inventory', stockOf),
  ])
  const now = new Date()
  const until = new Date(now.getTime() - settling)
  const wrong: Disagreement[] = []
  let looked_at = 0
  for await (const orders of ordersBetween(target, since, until)) {
    for (const held of await heldOf(target, orders)) wrong.push(...disagreements(held, now))
    looked_at += orders.length
    progress(looked_at)
  }
  return { money, stock, orders: { looked_at, since: since.toISOString(), wrong } }
}

const moneyOf = async (db: Queryable): Promise<Verified['money']> => {
  const [[sums], wallets] = [await store.selectMoney(db), await store.selectWrongWallets(db)]
  const { entries = 0, sum = 0, accounts = 0 } = sums ?? {}
  return {
    wallets: accounts,
    entries,
    wrong: [
      ...(Number(sum) === 0 ? [] : [`the ledger sums to ${sum} instead of 0`]),
      ...wallets.map(
        ({ user_id, balance, booked }) => `the wallet of ${user_id} holds ${balance}, and ${booked} are booked`,
      ),
    ],
  }
}

const stockOf = async (db: Queryable): Promise<Verified['stock']> => {
  const [[counted], wrong] = [await store.countStock(db), await store.selectWrongStock(db)]
  return {
    products: counted?.products ?? 0,
    wrong: wrong.map(
      ({ product_id, available, received, reserved }) =>
        `of product ${product_id} ${received} came in, ${available} are available and ${reserved} put aside`,
    ),
  }
}

async function* ordersBetween(target: Target, since: Date, until: Date): AsyncGenerator<store.OrderRow[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const orders = await withDatabase(target, 'order', (db) => store.selectOrders(db, since, until, after, page))
    if (orders.length > 0) yield orders
    after = orders.at(-1)?.order_id ?? after
    if (orders.length < page) return
  }
}

const journey = topology['order-history'].hears.map(({ type }) => type)

/** What every service holds of these orders. */
const heldOf = async (target: Target, orders: readonly store.OrderRow[]): Promise<Held[]> => {
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
  }))
}
