// What an order becomes by one event of its journey. Who has seen several events puts them together.
import type { DataOf, MessageContract } from './message.ts'
import type { OrderStatus } from './order.ts'
import type { topology } from './topology.ts'

type EventOf<M> = M extends MessageContract ? { readonly type: M['type']; readonly data: DataOf<M> } : never

/** An event of an order's journey: its type with its data. */
export type OrderEvent = EventOf<(typeof topology)['order-history']['hears'][number]>

/** The events that decide the status by their type alone; null: the order's status stays what it was. */
const statusByType = {
  order_created: 'PENDING',
  inventory_reserved: 'RESERVED',
  inventory_rejected: null,
  inventory_released: null,
  payment_captured: null,
  payment_failed: null,
  payment_refunded: null,
  delivery_assigned: null,
  order_paid: 'PAID',
  order_completed: 'COMPLETED',
  order_cancelled: 'CANCELLED',
} as const satisfies Record<Exclude<OrderEvent['type'], 'delivery_status_updated'>, OrderStatus | null>

/** What the order became by this event, or null when its status stays. */
export const statusAfter = (type: OrderEvent['type'], data: OrderEvent['data']): OrderStatus | null => {
  if (type !== 'delivery_status_updated') return statusByType[type]
  return 'status' in data && data.status === 'IN_TRANSIT' ? 'IN_DELIVERY' : null
}

/**
 * How far an order is; it never goes back. An order is completed or cancelled, never both: each has its own rank all the
 * same, so that whoever puts events together comes to the same end in any order.
 */
export const statusRank = {
  PENDING: 0,
  RESERVED: 1,
  PAID: 2,
  IN_DELIVERY: 3,
  COMPLETED: 4,
  CANCELLED: 5,
} as const satisfies Record<OrderStatus, number>

/** Whether nothing can follow this status. */
export const isFinal = (status: OrderStatus): boolean => status === 'COMPLETED' || status === 'CANCELLED'

/** What an event tells beyond the order it is of: the `detail` of its entry in the timeline. */
export const detailOf = (event: OrderEvent): Record<string, unknown> => {
  switch (event.type) {
    case 'order_created':
      return { total: event.data.total }
    case 'inventory_rejected':
      return { reason: event.data.reason, shortages: event.data.shortages }
    case 'payment_failed':
    case 'order_cancelled':
      return { reason: event.data.reason }
    case 'payment_captured':
    case 'order_paid':
      return { payment_id: event.data.payment_id }
    case 'payment_refunded':
      return { payment_id: event.data.payment_id, refunded: event.data.refunded }
    case 'delivery_assigned':
      return { courier: event.data.courier.name }
    case 'delivery_status_updated':
      return { delivery_status: event.data.status, note: event.data.note }
    case 'inventory_reserved':
    case 'inventory_released':
    case 'order_completed':
      return {}
    default:
      return event satisfies never
  }
}
