// What a customer sees of an order, folded from its events, which may come early, late or twice. Pure; the store keeps it.
import {
  type CancelReason,
  detailOf,
  type Money,
  type OrderEvent,
  type OrderItem,
  type OrderStatus,
  statusAfter,
  statusRank,
  type TimelineEntry,
} from '@deliveryflow/contracts'

/** An event of an order's journey with its id and the time at which it happened. */
export type Happened = OrderEvent & { readonly id: string; readonly time: Date }

/** What the customer ordered: known from order_created alone, and the same ever after. */
export type Content = { created_at: Date; total: Money; items: readonly OrderItem[]; delivery_address: string }

/** What the events seen so far make of an order. `content` is null until order_created was among them. */
export type View = {
  order_id: string
  user_id: string
  status: OrderStatus
  reason: CancelReason | null
  payment_id: string | null
  updated_at: Date
  content: Content | null
}

/**
 * The view with one more event. The order of events does not matter, nor whether one is applied again: a status only
 * rises, a time only grows, and every other field comes from the one event that says it.
 */
export const apply = (view: View | undefined, event: Happened): View => {
  const { order_id, user_id } = event.data
  const status = statusAfter(event.type, event.data) ?? 'PENDING'
  return {
    order_id,
    user_id,
    status: view && statusRank[view.status] >= statusRank[status] ? view.status : status,
    reason: event.type === 'order_cancelled' ? event.data.reason : (view?.reason ?? null),
    payment_id: event.type === 'order_paid' ? event.data.payment_id : (view?.payment_id ?? null),
    updated_at: view && view.updated_at > event.time ? view.updated_at : event.time,
    content: event.type === 'order_created' ? contentOf(event.data, event.time) : (view?.content ?? null),
  }
}

const contentOf = ({ total, items, delivery_address }: Omit<Content, 'created_at'>, created_at: Date): Content => ({
  created_at,
  total,
  items,
  delivery_address,
})

/** The views of the orders that the events are about, each going on from what is known of its order, by order id. */
export const fold = (events: Iterable<Happened>, known: readonly View[] = []): Map<string, View> => {
  const views = new Map(known.map((view) => [view.order_id, view]))
  for (const event of events) views.set(event.data.order_id, apply(views.get(event.data.order_id), event))
  return views
}

/** The event as a line of the order's timeline: what it made of the order, and the few facts the customer cares for. */
export const entryOf = (event: Happened): TimelineEntry => ({
  event_id: event.id,
  type: event.type,
  at: event.time.toISOString(),
  status: statusAfter(event.type, event.data),
  detail: detailOf(event),
})
