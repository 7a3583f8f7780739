// The SQL of order. Changes come as JSON sets, so a batch costs as many statements as one order.
import { statement } from '@deliveryflow/kit'
import type { Order } from './domain.ts'

/** An order as it is kept. */
export type StoredOrder = Order & { created_at: Date; updated_at: Date }

const columns = `order_id, user_id, status, reason, total_amount, currency, items, delivery_address, payment_id, version,
   created_at, updated_at`

/**
 * Inserts an order and claims its idempotency key (null: it has none) in one statement. Waits for whoever claims the same
 * key. Returns the order, or nothing when the key belongs to another one.
 */
export const insertOrder = statement<
  [
    order_id: string,
    user_id: string,
    total_amount: number,
    currency: string,
    items: string,
    delivery_address: string,
    key: string | null,
    request_hash: string | null,
  ],
  StoredOrder
>(
  'insert_order',
  `with claimed as (
     insert into idempotency_keys (user_id, key, request_hash, order_id)
     select $2, $7, $8, $1 where $7::text is not null
     on conflict do nothing returning order_id)
   insert into orders (order_id, user_id, status, total_amount, currency, items, delivery_address)
   select $1::uuid, $2::uuid, 'PENDING', $3::bigint, $4, $5::jsonb, $6
   where $7::text is null or exists (select from claimed)
   returning ${columns}`,
)

/** The order that a user created with this key, and the hash of what was asked for. */
export const selectOrderByKey = statement<[user_id: string, key: string], StoredOrder & { request_hash: string }>(
  'select_order_by_key',
  `select request_hash, o.* from idempotency_keys k join orders o using (order_id) where k.user_id = $1 and k.key = $2`,
)

export const selectOrder = statement<[order_id: string], StoredOrder>(
  'select_order',
  `select ${columns} from orders where order_id = $1`,
)

/** Locks orders, always in the same order, so that batches wait for each other and never in a circle. */
export const lockOrders = statement<[order_ids: string[]], StoredOrder>(
  'lock_orders',
  `select ${columns} from orders where order_id = any($1::uuid[]) order by order_id for update`,
)

/** Writes what may change of an order: `status, reason, payment_id, version`. Returns when that was. */
export const updateOrders = statement<[orders: string], { order_id: string; updated_at: Date }>(
  'update_orders',
  `update orders o
   set status = t.status, reason = t.reason, payment_id = t.payment_id, version = t.version, updated_at = now()
   from jsonb_to_recordset($1::jsonb) as t(order_id uuid, status text, reason text, payment_id uuid, version int)
   where o.order_id = t.order_id
   returning o.order_id, o.updated_at`,
)
