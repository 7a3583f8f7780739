// The SQL of order-history: events are folded in by sets, lists are read by keyset.

import type { OrderItem, OrderStatus } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit'
import type { View } from './domain.ts'

const orderColumns = `order_id uuid, user_id uuid, status text, reason text, payment_id uuid, updated_at timestamptz,
  created_at timestamptz, total_amount bigint, currency text, items jsonb, product_ids uuid[], delivery_address text`
const orderNames = `order_id, user_id, status, reason, payment_id, updated_at,
  created_at, total_amount, currency, items, product_ids, delivery_address`

/**
 * Writes events to the timeline, and the orders that were not known yet. Returns the orders it wrote: any other was there
 * before, or another process wrote it meanwhile. Sorted, so that two processes never lock each other out.
 */
export const record = statement<[entries: string, orders: string], { order_id: string }>(
  'record_events',
  `with entries as (
     insert into timeline (order_id, event_id, type, at, status, detail)
     select order_id, event_id, type, at, status, detail
     from jsonb_to_recordset($1::jsonb) as t(
       order_id uuid, event_id uuid, type text, at timestamptz, status text, detail jsonb)
     order by order_id, event_id
     on conflict do nothing)
   insert into orders (${orderNames})
   select ${orderNames} from jsonb_to_recordset($2::jsonb) as t(${orderColumns}) order by order_id
   on conflict do nothing returning order_id`,
)

/** What events can still change of these orders. What was ordered stays where it is: `content` is not loaded. */
export const lockOrders = statement<[order_ids: string[]], View>(
  'lock_orders',
  `select order_id, user_id, status, reason, payment_id, updated_at, null as content
   from orders where order_id = any($1::uuid[]) order by order_id for update`,
)

/** Writes what became of locked orders; what was ordered is set when it comes and kept when it does not. */
export const updateOrders = statement<[orders: string]>(
  'update_orders',
  `update orders o set status = t.status, reason = t.reason, payment_id = t.payment_id, updated_at = t.updated_at,
     created_at = coalesce(t.created_at, o.created_at), total_amount = coalesce(t.total_amount, o.total_amount),
     currency = coalesce(t.currency, o.currency), items = coalesce(t.items, o.items),
     product_ids = coalesce(t.product_ids, o.product_ids),
     delivery_address = coalesce(t.delivery_address, o.delivery_address)
   from jsonb_to_recordset($1::jsonb) as t(${orderColumns}) where o.order_id = t.order_id`,
)

/** An order that can be listed. */
export type OrderRow = {
  order_id: string
  user_id: string
  status: OrderStatus
  reason: View['reason']
  payment_id: string | null
  updated_at: Date
  created_at: Date
  total_amount: number
  currency: string
  items: OrderItem[]
  delivery_address: string
}

type ListParameters = [
  user_id: string | null,
  status: string | null,
  from: Date | null,
  to: Date | null,
  product_id: string | null,
  total_min: number | null,
  total_max: number | null,
  after_created_at: Date | null,
  after_order_id: string | null,
  limit: number,
]

/**
 * A list, newest first; every parameter but the last may be null. The bounds on created_at are never null inside, so that
 * they bound the scan of the index in a generic plan too. They also leave out orders whose order_created is still to come.
 */
const list = (name: string, whose: string) =>
  statement<ListParameters, OrderRow>(
    name,
    `select order_id, user_id, status, reason, payment_id, updated_at, created_at, total_amount, currency, items,
       delivery_address
     from orders
     where ${whose}
       and created_at >= coalesce($3::timestamptz, '-infinity')
       and created_at <= coalesce($4::timestamptz, 'infinity')
       and (created_at, order_id) < (coalesce($8::timestamptz, 'infinity'),
                                     coalesce($9::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
       and ($2::text is null or status = $2)
       and ($5::uuid is null or product_ids @> array[$5])
       and ($6::bigint is null or total_amount >= $6)
       and ($7::bigint is null or total_amount <= $7)
     order by created_at desc, order_id desc limit $10`,
  )

/** The orders of one user. Not one statement with `listAll`: a generic plan of that could not use the user's index. */
export const listOfUser = list('list_orders_of_user', 'user_id = $1')

/** The orders of all users; the first parameter is null. */
export const listAll = list('list_all_orders', '$1::uuid is null')

/** The orders of all users that hold the product, which is not null; the first parameter is. */
export const listOfProduct = list('list_orders_of_product', '$1::uuid is null and product_ids @> array[$5::uuid]')

/** The timeline of an order, oldest first; nothing when the order is unknown or not this user's. null: anybody's. */
export const selectTimeline = statement<
  [order_id: string, user_id: string | null],
  { event_id: string; type: string; at: Date; status: OrderStatus | null; detail: Record<string, unknown> }
>(
  'select_timeline',
  `select event_id, type, at, t.status, detail from timeline t join orders o using (order_id)
   where order_id = $1 and ($2::uuid is null or o.user_id = $2) order by at, event_id`,
)
