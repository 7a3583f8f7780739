// What became of an order that a customer waits for: pure decisions over its view and its events.
import type { CancelReason, OrderView } from '@deliveryflow/contracts'
import { type Rejection, reject } from '@deliveryflow/kit'
import type { OrderEvent } from './live-events.ts'

/** The paid order or the refusal, once either is certain. */
export type Outcome = OrderView | Rejection | undefined

/** Seconds to wait by a Prefer header that fits its contract (`wait=N`, RFC 7240, 4.3); 0 without one. */
export const waitSeconds = (prefer: string | undefined): number => (prefer ? Number(prefer.slice('wait='.length)) : 0)

/** The outcome that the present state of an order shows. */
export const outcomeOf = (order: OrderView): Outcome => {
  switch (order.status) {
    case 'PENDING':
    case 'RESERVED':
      return undefined
    case 'PAID':
    case 'IN_DELIVERY':
    case 'COMPLETED':
      return order
    case 'CANCELLED':
      return refused(order.order_id, order.reason ?? 'TIMED_OUT')
    default:
      return order.status satisfies never
  }
}

/**
 * The outcome that an event shows, for an order last seen as `order`. A failed payment is certain before the order is
 * cancelled for it. The paid order is what was seen with what the event says of it, which saves asking again.
 */
export const outcomeAfter = (order: OrderView, event: OrderEvent): Outcome => {
  switch (event.type) {
    case 'order_paid': {
      const { payment_id } = event.data
      return { ...order, status: 'PAID', payment_id, updated_at: event.time.toISOString() }
    }
    case 'inventory_rejected':
    case 'payment_failed':
    case 'order_cancelled':
      return refused(order.order_id, event.data.reason)
    default:
      return undefined
  }
}

const refused = (order_id: string, reason: CancelReason): Rejection =>
  reason === 'INSUFFICIENT_FUNDS'
    ? reject('insufficient_funds', 'Your wallet does not hold enough; deposit and order again.', { order_id, reason })
    : reject('order_refused', `The order was cancelled: ${reason}.`, { order_id, reason })
