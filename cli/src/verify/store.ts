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
/** Milliseconds since 1970: as precise as an event tells its time. */
const ms = (time: string) => `(extract(epoch from ${time}) * 1000)::bigint`

/** What an order is in the lists; `content`: a digest of all that is kept of it beside its status. */
export const listedOf = of<{ status: string; content: string }>(
  'listed',
  `status, md5(jsonb_build_array(user_id, reason, payment_id, ${ms('updated_at')}, ${ms('created_at')}, total_amount, currency, items,
     delivery_address)::text) as content`,
  'orders',
)

/** How many lines the timeline of each order has; `lines`: a digest of which, and when. */
export const entriesOf = statement<[order_ids: string[]], { order_id: string; entries: number; lines: string }>(
  'verify_entries',
  `select order_id, count(*) as entries, md5(string_agg(event_id || type || ${ms('at')}, ',' order by event_id)) as lines
   from timeline where order_id = any($1::uuid[]) group by order_id`,
)

/** How many events of its journey the history holds of each order, each counted once, and what they add up to: `content` and `lines` as above. */
export const eventsOf = statement<
  [order_ids: string[], types: string[]],
  { order_id: string; events: number; content: string; lines: string }
>(
  'verify_events',
  `with journey as (
     select distinct on (order_id, event_id) order_id, event_id, type, time, data::jsonb as data
     from events where order_id = any($1::uuid[]) and type = any($2))
   select order_id, count(*) as events, md5(string_agg(event_id || type || ${ms('time')}, ',' order by event_id)) as lines,
     md5(jsonb_build_array(
       max(data->>'user_id'), max(data->>'reason') filter (where type = 'order_cancelled'),
       max(data->>'payment_id') filter (where type = 'order_paid'), ${ms('max(time)')},
       ${ms("max(time) filter (where type = 'order_created')")},
       max((data->'total'->>'amount')::bigint) filter (where type = 'order_created'),
       max(data->'total'->>'currency') filter (where type = 'order_created'),
       (jsonb_agg(data->'items') filter (where type = 'order_created'))->0,
       max(data->>'delivery_address') filter (where type = 'order_created'))::text) as content
   from journey group by order_id`,
)
