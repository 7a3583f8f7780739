// The SQL of `dfctl verify`: what the sums must be, and what each service holds of an order.
import type { OrderStatus } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit/postgres/statement'

const shown = 20

export const selectMoney = statement<[], { entries: number; sum: number; accounts: number }>(
  'verify_money',
  `select (select count(*) from ledger_entries) as entries, (select coalesce(sum(amount), 0) from ledger_entries) as sum,
     (select count(*) from accounts) as accounts`,
)

/** Wallets that hold something else than what was booked. */
export const selectWrongWallets = statement<[], { user_id: string; balance: number; booked: number }>(
  'verify_wallets',
  `select user_id, balance, coalesce(booked, 0) as booked
   from accounts left join (
     select account, sum(amount) as booked from ledger_entries where account like 'wallet:%' group by account) e
   on e.account = 'wallet:' || user_id
   where balance <> coalesce(booked, 0) limit ${shown}`,
)

export const selectWrongStock = statement<
  [],
  { product_id: string; available: number; received: number; reserved: number }
>('verify_stock', `select product_id, available, received, reserved from stock_discrepancies limit ${shown}`)

export const countStock = statement<[], { products: number }>(
  'verify_count_stock',
  'select count(*) as products from stock',
)

export type OrderRow = { order_id: string; status: OrderStatus; total_amount: number; created_at: Date }

const orderColumns = 'order_id, status, total_amount, created_at'

/** Orders placed since a moment and as they are since before another one; a page in the order of their ids, which begin with their time. */
export const selectOrders = statement<[since: Date, until: Date, after: string, limit: number], OrderRow>(
  'verify_orders',
  `select ${orderColumns} from orders
   where created_at >= $1 and updated_at < $2 and order_id > $3::uuid order by order_id limit $4`,
)

/** These orders; or those of them that are as they are since before a moment. */
export const selectTheseOrders = statement<[order_ids: string[], until: Date | null], OrderRow>(
  'verify_these_orders',
  `select ${orderColumns} from orders
   where order_id = any($1::uuid[]) and ($2::timestamptz is null or updated_at < $2) order by order_id`,
)

const of = <Row extends object>(name: string, columns: string, table: string) =>
  statement<[order_ids: string[]], Row & { order_id: string }>(
    `verify_${name}`,
    `select order_id, ${columns} from ${table} where order_id = any($1::uuid[])`,
  )

export const sagasOf = of<{ status: string; deadline_at: Date | null; updated_at: Date }>(
  'sagas',
  'status, deadline_at, updated_at',
  'sagas',
)
export const paymentsOf = of<{ status: string; amount: number | null }>('payments', 'status, amount', 'payments')
export const reservationsOf = of<{ status: string }>('reservations', 'status', 'reservations')
export const deliveriesOf = of<{ status: string }>('deliveries', 'status', 'deliveries')
export const listedOf = of<{ status: string }>('listed', 'status', 'orders')

/** How many lines the timeline of each order has. */
export const entriesOf = statement<[order_ids: string[]], { order_id: string; entries: number }>(
  'verify_entries',
  'select order_id, count(*) as entries from timeline where order_id = any($1::uuid[]) group by order_id',
)

/** How many events of its journey the history holds of each order, each counted once. */
export const eventsOf = statement<[order_ids: string[], types: string[]], { order_id: string; events: number }>(
  'verify_events',
  `select order_id, count(distinct event_id) as events from events
   where order_id = any($1::uuid[]) and type = any($2) group by order_id`,
)
