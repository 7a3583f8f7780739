// The SQL of delivery. Batches insert and lock by order_id, always in its order; background passes skip what is locked.
import type { DeliveryStatus } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit'
import type { CourierLoad } from './domain.ts'

/** A delivery as its events need it. */
export type Parcel = {
  delivery_id: string
  order_id: string
  user_id: string
  status: DeliveryStatus
  note: string | null
}

/** A delivery as people see it; courier_name is null with courier_id. */
export type Delivery = Parcel & {
  courier_id: string | null
  courier_name: string | null
  created_at: Date
  updated_at: Date
}

const parcelColumns = 'delivery_id, order_id, user_id, status, note'
const deliveryColumns = `${parcelColumns}, courier_id, c.name as courier_name, d.created_at, d.updated_at`

/** Adds couriers; returns those that are new. */
export const insertCouriers = statement<[couriers: string], { courier_id: string }>(
  'insert_couriers',
  `insert into couriers (courier_id, name)
   select courier_id, name from jsonb_to_recordset($1::jsonb) as t(courier_id uuid, name text) order by courier_id
   on conflict do nothing returning courier_id`,
)

/** The active couriers, each with the number of its unfinished deliveries. */
export const selectCourierLoads = statement<[], CourierLoad>(
  'select_courier_loads',
  `select courier_id, name, coalesce(unfinished, 0) as unfinished
   from couriers left join (
     select courier_id, count(*) as unfinished from deliveries
     where status in ('PENDING', 'IN_TRANSIT', 'OUT_FOR_DELIVERY') group by courier_id) d using (courier_id)
   where active order by courier_id`,
)

/**
 * Inserts deliveries, PENDING or already CANCELLED, for orders that have none; returns those that are new.
 * Waits for whoever inserts for the same order. `step_ms`: after how long a simulated courier takes an assigned one on;
 * null when people do.
 */
export const insertDeliveries = statement<[deliveries: string, step_ms: number | null], { delivery_id: string }>(
  'insert_deliveries',
  `insert into deliveries
     (delivery_id, order_id, user_id, delivery_address, courier_id, status, note, next_step_at)
   select delivery_id, order_id, user_id, delivery_address, courier_id, status, note,
     case when courier_id is not null then now() + $2 * interval '1 millisecond' end
   from jsonb_to_recordset($1::jsonb) as t(delivery_id uuid, order_id uuid, user_id uuid, delivery_address text,
     courier_id uuid, status text, note text)
   order by order_id
   on conflict (order_id) do nothing returning delivery_id`,
)

/** Locks the deliveries that no courier has yet, oldest first. */
export const lockWaiting = statement<[limit: number], Parcel>(
  'lock_waiting',
  `select ${parcelColumns} from deliveries where courier_id is null and status = 'PENDING'
   order by created_at limit $1 for update skip locked`,
)

/** Gives locked deliveries to their couriers. */
export const assignCouriers = statement<[assignments: string, step_ms: number | null]>(
  'assign_couriers',
  `update deliveries d
   set courier_id = t.courier_id, next_step_at = now() + $2 * interval '1 millisecond', updated_at = now()
   from jsonb_to_recordset($1::jsonb) as t(delivery_id uuid, courier_id uuid)
   where d.delivery_id = t.delivery_id`,
)

export const selectDeliveryOfOrder = statement<[order_id: string], Delivery>(
  'select_delivery_of_order',
  `select ${deliveryColumns} from deliveries d left join couriers c using (courier_id) where order_id = $1`,
)

export const lockDelivery = statement<[delivery_id: string], Delivery>(
  'lock_delivery',
  `select ${deliveryColumns} from deliveries d left join couriers c using (courier_id)
   where delivery_id = $1 for update of d`,
)

export const lockDeliveryOfOrder = statement<[order_id: string], Delivery>(
  'lock_delivery_of_order',
  `select ${deliveryColumns} from deliveries d left join couriers c using (courier_id)
   where order_id = $1 for update of d`,
)

export const lockDeliveriesOfOrders = statement<[order_ids: string[]], Parcel>(
  'lock_deliveries_of_orders',
  `select ${parcelColumns} from deliveries where order_id = any($1::uuid[]) order by order_id for update`,
)

/** Locks deliveries whose simulated courier should move by now, the longest due first. */
export const lockDue = statement<[limit: number], Parcel>(
  'lock_due',
  `select ${parcelColumns} from deliveries where next_step_at <= now()
   order by next_step_at limit $1 for update skip locked`,
)

/** Whether a simulated courier should move by now. */
export const isAnyDue = statement<[], { due: boolean }>(
  'is_any_due',
  'select exists (select from deliveries where next_step_at <= now()) as due',
)

/** Gives a simulated courier what was assigned while people played the couriers, and has not left. */
export const letSimulatorPlay = statement<[]>(
  'let_simulator_play',
  `update deliveries set next_step_at = now()
   where status = 'PENDING' and courier_id is not null and next_step_at is null`,
)

/**
 * Writes the new status of locked deliveries. `step_ms`: until the simulated courier's next step; null takes the delivery
 * out of the simulator's hands, as does a final status.
 */
export const setStatuses = statement<
  [moves: string, step_ms: number | null],
  { delivery_id: string; updated_at: Date }
>(
  'set_statuses',
  `update deliveries d
   set status = t.status, note = t.note, updated_at = now(),
     next_step_at = case when not t.final then now() + $2 * interval '1 millisecond' end
   from jsonb_to_recordset($1::jsonb) as t(delivery_id uuid, status text, note text, final boolean)
   where d.delivery_id = t.delivery_id
   returning d.delivery_id, d.updated_at`,
)
