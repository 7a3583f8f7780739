// For each message and call of order: load, decide, save, emit.
import { createHash } from 'node:crypto'
import {
  type Caller,
  cancelDelivery,
  type cancelOrder,
  type createOrder,
  type getOrderStatus,
  getProducts,
  type InputOf,
  type OrderView,
  orderCreated,
  type topology,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type HearMixed, newId, Rejection, reject, rowsOf } from '@deliveryflow/kit'
import type { OrderCache } from './cache.ts'
import { fold, priceItems } from './domain.ts'
import * as store from './store.ts'

type Order = typeof topology.order
export type OrderContext = Context<Order, unknown, { cache: OrderCache }>
type Answer<R> = AnswerOf<R, OrderContext>

/** Moves orders on by whatever was heard of them. */
export const follow: HearMixed<Order['hears'][number], Order, OrderContext> = {
  effects: 'external',
  mixed: true,
  batch: async (messages, tx, { cache }) => {
    const ids = new Set(messages.map(({ data }) => data.order_id))
    const { changed, said } = fold(await store.lockOrders(tx, [...ids]), messages)
    if (changed.length === 0) return
    const progress = changed.map(({ order_id, status, reason, payment_id, version }) => ({
      order_id,
      status,
      reason,
      payment_id,
      version,
    }))
    const updates = await store.updateOrders(tx, rowsOf(progress))
    for (const { event, cause } of said) tx.emit(event.contract, event.data, cause)

    const times = new Map(updates.map(({ order_id, updated_at }) => [order_id, updated_at]))
    tx.afterCommit(() => {
      const views = changed.map((order) => ({ ...order, updated_at: times.get(order.order_id) ?? order.updated_at }))
      void cache.write(views.map((order) => ({ view: viewOf(order), version: order.version })))
    })
  },
}

export const create: Answer<typeof createOrder> = async (input, { db, call, transaction }, { user_id }) => {
  const { items: wish, delivery_address, idempotency_key: key = null } = input
  const hash = key === null ? null : hashOf(input)
  // Before the catalog is asked: the answer to a repeated request must not depend on what has changed there since.
  if (key !== null) {
    const [earlier] = await store.selectOrderByKey(db, user_id, key)
    if (earlier) return answerAgain(earlier, hash)
  }
  const catalog = await call(getProducts, { product_ids: wish.map(({ product_id }) => product_id) })
  if (catalog instanceof Rejection) return catalog
  const priced = priceItems(wish, catalog.products)
  if ('refused' in priced) return reject(priced.refused, priced.detail, priced.extra)

  const { items, total } = priced
  const order_id = newId()
  return transaction(async (tx) => {
    const rows = JSON.stringify(items)
    const { amount, currency } = total
    const [order] = await store.insertOrder(tx, order_id, user_id, amount, currency, rows, delivery_address, key, hash)
    if (order) {
      tx.emit(orderCreated, { order_id, user_id, total, delivery_address, items })
      return viewOf(order)
    }
    const [earlier] = key === null ? [] : await store.selectOrderByKey(tx, user_id, key)
    if (!earlier) throw new Error('An idempotency key was taken, and its order is not there.')
    return answerAgain(earlier, hash)
  })
}

export const get: Answer<typeof getOrderStatus> = async ({ order_id }, { db, cache }, caller) => {
  const kept = await cache.read(order_id)
  if (kept) return maySee(caller, kept) ? kept : unknownOrder()
  const [order] = await store.selectOrder(db, order_id)
  if (!order) return unknownOrder()
  const view = viewOf(order)
  await cache.write([{ view, version: order.version }])
  return maySee(caller, order) ? view : unknownOrder()
}

export const cancel: Answer<typeof cancelOrder> = async ({ order_id }, { db, call }, caller) => {
  const [order] = await store.selectOrder(db, order_id)
  if (!order || !maySee(caller, order)) return unknownOrder()
  switch (order.status) {
    case 'CANCELLED':
      return viewOf(order)
    case 'IN_DELIVERY':
    case 'COMPLETED':
      return reject('cancel_too_late', 'The parcel has left already.')
    case 'PENDING':
    case 'RESERVED':
    case 'PAID': {
      // Delivery decides: only there is it known whether the parcel has left at this moment. What it says starts the saga.
      const delivery = await call(cancelDelivery, { order_id, user_id: order.user_id })
      if (delivery instanceof Rejection) return delivery
      const [present] = await store.selectOrder(db, order_id)
      return viewOf(present ?? order)
    }
  }
}

/** Answers a request that came before with the order it made, as that is now. */
const answerAgain = (order: store.StoredOrder & { request_hash: string }, hash: string | null) =>
  order.request_hash === hash
    ? viewOf(order)
    : reject('idempotency_conflict', 'This Idempotency-Key was used for a different order; use a new one.', {
        order_id: order.order_id,
      })

const hashOf = ({ delivery_address, items }: InputOf<typeof createOrder>): string => {
  const lines = items.map(({ product_id, quantity, price = null }) => [product_id, quantity, price])
  return createHash('sha256')
    .update(JSON.stringify([delivery_address, lines]))
    .digest('base64url')
}

const maySee = (caller: Caller, { user_id }: { user_id: string }) =>
  caller.user_id === user_id || caller.role === 'admin'

const unknownOrder = () => reject('not_found', 'You have no order with this id.')

const viewOf = (order: store.StoredOrder): OrderView => ({
  order_id: order.order_id,
  user_id: order.user_id,
  status: order.status,
  reason: order.reason,
  total: { amount: order.total_amount, currency: order.currency },
  items: order.items,
  delivery_address: order.delivery_address,
  payment_id: order.payment_id,
  created_at: order.created_at.toISOString(),
  updated_at: order.updated_at.toISOString(),
})
