// The SQL of inventory. Every transaction locks reservations first, then stock, each in the order of its key: no circle.
import { statement } from '@deliveryflow/kit'
import type { Line, ReservationStatus, Stock } from './domain.ts'

/**
 * Makes the rows of orders that are not known yet and returns those orders. Waits for whoever makes the same row: of a
 * reservation and a release that meet, the second finds what the first left.
 */
export const claimOrders = statement<[orders: string, status: ReservationStatus], { order_id: string }>(
  'claim_orders',
  `insert into reservations (order_id, user_id, status)
   select order_id, user_id, $2 from jsonb_to_recordset($1::jsonb) as t(order_id uuid, user_id uuid) order by order_id
   on conflict do nothing returning order_id`,
)

export const lockReservations = statement<[order_ids: string[]], { order_id: string; status: ReservationStatus }>(
  'lock_reservations',
  'select order_id, status from reservations where order_id = any($1::uuid[]) order by order_id for update',
)

/** What was put aside for orders, whether it is still or not. */
export const selectItems = statement<[order_ids: string[]], Line & { order_id: string }>(
  'select_items',
  `select order_id, product_id, quantity from reservation_items
   where order_id = any($1::uuid[]) order by order_id, product_id`,
)

export const lockStock = statement<[product_ids: string[]], Stock>(
  'lock_stock',
  'select product_id, available from stock where product_id = any($1::uuid[]) order by product_id for update',
)

/**
 * Takes the sum of each product in one conditional UPDATE: stock that does not hold enough is not touched, whatever was
 * decided before. Returns the products that were taken.
 */
export const takeStock = statement<[lines: string], { product_id: string }>(
  'take_stock',
  `update stock s set available = s.available - w.quantity
   from (select product_id, sum(quantity) as quantity
         from jsonb_to_recordset($1::jsonb) as t(product_id uuid, quantity bigint) group by product_id) w
   where s.product_id = w.product_id and s.available >= w.quantity
   returning s.product_id`,
)

export const insertItems = statement<[items: string]>(
  'insert_items',
  `insert into reservation_items (order_id, product_id, quantity)
   select order_id, product_id, quantity
   from jsonb_to_recordset($1::jsonb) as t(order_id uuid, product_id uuid, quantity bigint)`,
)

export const markRejected = statement<[order_ids: string[]]>(
  'mark_rejected',
  `update reservations set status = 'REJECTED' where order_id = any($1::uuid[])`,
)

/** Ends reservations; returns those that stood until now. */
export const markReleased = statement<[order_ids: string[]], { order_id: string }>(
  'mark_released',
  `update reservations set status = 'RELEASED', released_at = now()
   where order_id = any($1::uuid[]) and status = 'RESERVED' returning order_id`,
)

/** Puts back what was put aside for these orders. */
export const giveBack = statement<[order_ids: string[]]>(
  'give_back',
  `update stock s set available = s.available + i.quantity
   from (select product_id, sum(quantity) as quantity
         from reservation_items where order_id = any($1::uuid[]) group by product_id) i
   where s.product_id = i.product_id`,
)

/** What can be ordered now, for each of the products once; zero for those never stocked. */
export const selectStock = statement<[product_ids: string[]], Stock>(
  'select_stock',
  `select product_id, coalesce(available, 0) as available
   from (select distinct unnest($1::uuid[]) as product_id) wanted left join stock using (product_id)`,
)

/** Sets what can be ordered now; what is more or less than before was received or written off. */
export const setStock = statement<[product_id: string, available: number], Stock>(
  'set_stock',
  `insert into stock as s (product_id, available, received) values ($1, $2, $2)
   on conflict (product_id) do update
     set available = excluded.available, received = s.received - s.available + excluded.available
   returning product_id, available`,
)
