// What order decides: at which price a wish is accepted, and what each message makes of an order. Pure; the store makes it so.
import {
  type CancelReason,
  type createOrder,
  type DataOf,
  type InputOf,
  isFinal,
  type MessageContract,
  type Money,
  maxAmount,
  type OrderItem,
  type OrderStatus,
  orderCancelled,
  orderCompleted,
  orderPaid,
  type ProblemCode,
  type Product,
  statusRank,
  type topology,
} from '@deliveryflow/contracts'

export type Order = {
  order_id: string
  user_id: string
  status: OrderStatus
  reason: CancelReason | null
  total_amount: number
  currency: string
  items: OrderItem[]
  delivery_address: string
  payment_id: string | null
  version: number
}

type HeardOf<M> = M extends MessageContract ? { readonly type: M['type']; readonly data: DataOf<M> } : never
type SaidOf<M> = M extends MessageContract ? { readonly contract: M; readonly data: DataOf<M> } : never

/** A message that may change an order. */
export type Heard = HeardOf<(typeof topology)['order']['hears'][number]>

/** An event that a change leads to. */
export type Said = SaidOf<typeof orderPaid | typeof orderCompleted | typeof orderCancelled>

type Wish = InputOf<typeof createOrder>['items']

/** Why a wish is not accepted; `extra` tells a program what the sentence tells a person. */
export type Refusal = { refused: ProblemCode; detail: string; extra: Record<string, unknown> }

/**
 * Puts names and prices to a wish. Refuses what the catalog does not offer, a price the customer saw that is no longer
 * true, more than one currency, and a total above `maxAmount`. Amounts in minor units.
 */
export const priceItems = (
  wish: Wish,
  products: readonly Product[],
): { items: OrderItem[]; total: Money } | Refusal => {
  const offered = new Map(products.flatMap((product) => (product.active ? [[product.product_id, product]] : [])))
  const items: OrderItem[] = []
  const unknown: string[] = []
  const changed: { product_id: string; price: Money }[] = []
  for (const { product_id, quantity, price: seen } of wish) {
    const product = offered.get(product_id)
    if (product === undefined) unknown.push(product_id)
    else {
      const { name, price } = product
      items.push({ product_id, name, quantity, price })
      if (seen !== undefined && seen !== price.amount) changed.push({ product_id, price })
    }
  }
  if (unknown.length > 0) {
    const detail = `Not offered: ${unknown.join(', ')}. Take it out of the order.`
    return { refused: 'unknown_product', detail, extra: { product_ids: unknown } }
  }
  if (changed.length > 0) {
    const prices = changed.map(({ product_id, price }) => `${product_id} costs ${price.amount} ${price.currency}`)
    const detail = `${prices.join(', ')} (minor units). Order again with this price.`
    return { refused: 'price_changed', detail, extra: { prices: changed } }
  }
  const [currency, ...others] = new Set(items.map(({ price }) => price.currency))
  if (currency === undefined || others.length > 0) {
    const currencies = currency === undefined ? [] : [currency, ...others]
    const detail = `The items are sold in ${currencies.join(' and ')}. Place an order for each currency.`
    return { refused: 'mixed_currencies', detail, extra: { currencies } }
  }
  const amount = items.reduce((sum, { price, quantity }) => sum + price.amount * quantity, 0)
  if (amount > maxAmount) {
    const detail = `items: the total is above ${maxAmount} ${currency} in minor units. Order less at once.`
    return { refused: 'invalid_request', detail, extra: {} }
  }
  return { items, total: { amount, currency } }
}

/** What a message made of an order. */
export type Applied<O extends Order> = { order: O; events: Said[] } | 'ignored'

/**
 * Applies one message to an order. Messages may come early, late or twice: the status goes to the furthest one that was
 * heard of, and each event is said once. A capture that comes late still tells the payment's id and is still announced,
 * unless the order is cancelled: then the money is on its way back.
 */
export const apply = <O extends Order>(order: O, message: Heard): Applied<O> => {
  switch (message.type) {
    case 'inventory_reserved':
      return moveTo(order, 'RESERVED')
    case 'payment_captured': {
      if (order.payment_id !== null || order.status === 'CANCELLED') return 'ignored'
      const { payment_id } = message.data
      const status = statusRank.PAID > statusRank[order.status] ? 'PAID' : order.status
      const event = { contract: orderPaid, data: { ...headOf(order), payment_id } }
      return { order: { ...order, status, payment_id, version: order.version + 1 }, events: [event] }
    }
    case 'delivery_status_updated':
      switch (message.data.status) {
        case 'IN_TRANSIT':
        case 'OUT_FOR_DELIVERY':
          return moveTo(order, 'IN_DELIVERY')
        case 'DELIVERED':
          return moveTo(order, 'COMPLETED', {
            contract: orderCompleted,
            data: { ...headOf(order), items: order.items },
          })
        // The saga sees to these: it commands the cancellation when everything is undone.
        case 'FAILED':
        case 'CANCELLED':
        case 'PENDING':
          return 'ignored'
      }
      break
    case 'order.cancel': {
      // A repeated command is not confirmed again: the outbox sees to it that the first confirmation gets out.
      const { reason } = message.data
      return moveTo({ ...order, reason }, 'CANCELLED', {
        contract: orderCancelled,
        data: { ...headOf(order), reason },
      })
    }
  }
}

const moveTo = <O extends Order>(order: O, status: OrderStatus, event?: Said): Applied<O> => {
  if (isFinal(order.status) || statusRank[status] <= statusRank[order.status]) return 'ignored'
  return { order: { ...order, status, version: order.version + 1 }, events: event ? [event] : [] }
}

const headOf = ({ order_id, user_id, total_amount, currency }: Order) => ({
  order_id,
  user_id,
  total: { amount: total_amount, currency },
})

/** What a batch made of its orders: those that changed, and each event with the message that caused it. */
export type Folded<O extends Order, M extends Heard> = { changed: O[]; said: { event: Said; cause: M }[] }

/** Applies messages one after the other. Throws when one is about an order that is not among `orders`. */
export const fold = <O extends Order, M extends Heard>(orders: readonly O[], messages: readonly M[]): Folded<O, M> => {
  const present = new Map(orders.map((order) => [order.order_id, order]))
  const changed = new Map<string, O>()
  const said: Folded<O, M>['said'] = []
  for (const cause of messages) {
    const order = present.get(cause.data.order_id)
    // Not Terminal: whoever spoke of the order saw order_created, so the order is there or is being restored.
    if (!order) throw new Error(`${cause.type} is about order ${cause.data.order_id}, which is not known here.`)
    const applied = apply(order, cause)
    if (applied === 'ignored') continue
    present.set(order.order_id, applied.order)
    changed.set(order.order_id, applied.order)
    said.push(...applied.events.map((event) => ({ event, cause })))
  }
  return { changed: [...changed.values()], said }
}
