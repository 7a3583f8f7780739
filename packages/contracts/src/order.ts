// order: what was ordered, and where it stands.
import { z } from 'zod'
import { operation } from './http.ts'
import { command, event } from './message.ts'
import { userRpc } from './rpc.ts'
import { address, amount, id, money, pageOf, paging, text, timestamp } from './values.ts'

export const orderStatus = z.enum(['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED', 'CANCELLED'])
export type OrderStatus = z.infer<typeof orderStatus>

export const cancelReason = z.enum([
  'OUT_OF_STOCK',
  'INSUFFICIENT_FUNDS',
  'NO_ACCOUNT',
  'CURRENCY_MISMATCH',
  'TIMED_OUT',
  'CUSTOMER',
  'DELIVERY_FAILED',
])
export type CancelReason = z.infer<typeof cancelReason>

export const orderItem = z.object({ product_id: id, name: z.string(), quantity: z.int().min(1), price: money })
export type OrderItem = z.infer<typeof orderItem>

/** What every step of the journey must know of the order; each forward event carries it on. */
export const orderFacts = { order_id: id, user_id: id, total: money, delivery_address: z.string() }

export const orderCreated = event('order_created', {
  about: 'An order was accepted with prices taken from the catalog.',
  aggregate: 'order_id',
  data: z.object({ ...orderFacts, items: z.array(orderItem) }),
})

export const orderPaid = event('order_paid', {
  about: 'The order is paid: the letter of happiness.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, total: money, payment_id: id }),
})

export const orderCompleted = event('order_completed', {
  about: 'The order was delivered. Final.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, total: money, items: z.array(orderItem) }),
})

export const orderCancelled = event('order_cancelled', {
  about: 'Everything done for the order is undone: the letter of grief. Final.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, total: money, reason: cancelReason }),
})

export const cancelOrderCommand = command('order.cancel', {
  about: 'The last step of a compensation: stock and money are back.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, reason: cancelReason }),
})

export const orderView = z
  .object({
    order_id: id,
    user_id: id,
    status: orderStatus,
    reason: cancelReason.nullable(),
    total: money,
    items: z.array(orderItem),
    delivery_address: z.string(),
    payment_id: id.nullable(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Order' })
export type OrderView = z.infer<typeof orderView>

const orderInput = z.strictObject({
  delivery_address: address,
  items: z
    .array(
      z.strictObject({
        product_id: id,
        quantity: z.int().min(1).max(1000),
        price: amount
          .optional()
          .meta({ description: 'Minor units, as the customer saw it: refused when no longer true' }),
      }),
    )
    .min(1)
    .max(50)
    .refine((items) => new Set(items.map((item) => item.product_id)).size === items.length, 'each product once'),
})

const idempotencyKey = text.min(1).max(200)

export const createOrder = userRpc('create_order', {
  about: 'Accepts an order for the caller with names and prices of the catalog, and answers PENDING.',
  input: orderInput.extend({ idempotency_key: idempotencyKey.optional() }),
  output: orderView,
  rejections: [
    'unknown_product',
    'price_changed',
    'mixed_currencies',
    'idempotency_conflict',
    'unavailable',
    'timeout',
  ],
  idempotent: 'with_key',
})

export const getOrderStatus = userRpc('get_order_status', {
  about: "An order of the caller (an administrator: anyone's).",
  input: z.strictObject({ order_id: id }),
  output: orderView,
  rejections: ['not_found'],
  idempotent: true,
})

export const cancelOrder = userRpc('cancel_order', {
  about: 'Starts the cancellation, unless the parcel is on its way already.',
  input: z.strictObject({ order_id: id }),
  output: orderView,
  rejections: ['not_found', 'cancel_too_late', 'unavailable', 'timeout'],
  idempotent: true,
})

const orderFilter = z.strictObject({
  status: orderStatus.optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  product_id: id.optional(),
  total_min: z.coerce.number().int().min(0).optional(),
  total_max: z.coerce.number().int().min(0).optional(),
  ...paging,
})

export const listOrders = userRpc('order_history.list', {
  about: 'Orders of the caller, newest first. Totals are compared in minor units.',
  input: orderFilter,
  output: pageOf(orderView),
  rejections: ['invalid_request'],
  idempotent: true,
})

const timelineEntry = z.object({
  event_id: id,
  type: z.string(),
  at: timestamp,
  status: orderStatus.nullable(),
  detail: z.record(z.string(), z.unknown()),
})
export type TimelineEntry = z.infer<typeof timelineEntry>

export const getTimeline = userRpc('order_history.timeline', {
  about: 'Everything that happened to an order of the caller, oldest first. status: what the order became by it.',
  input: z.strictObject({ order_id: id }),
  output: z.object({ order_id: id, entries: z.array(timelineEntry) }),
  rejections: ['not_found'],
  idempotent: true,
})

const orderId = z.strictObject({ order_id: id })

export const orderHttp = [
  operation({
    id: 'createOrder',
    method: 'post',
    path: '/api/orders',
    about: 'Orders. With `Prefer: wait=N` the answer is held for up to N seconds, until paid (201) or refused (406).',
    access: 'user',
    headers: z.object({
      'idempotency-key': idempotencyKey.optional(),
      prefer: z
        .string()
        .regex(/^wait=([1-9]|[1-5][0-9]|60)$/, 'wait=N, N from 1 to 60 seconds')
        .optional(),
    }),
    body: orderInput.extend({ user_id: id.optional() }),
    status: 201,
    response: orderView,
    problems: [
      'forbidden',
      'unknown_product',
      'price_changed',
      'mixed_currencies',
      'idempotency_conflict',
      'insufficient_funds',
      'order_refused',
    ],
  }),
  operation({
    id: 'listOrders',
    method: 'get',
    path: '/api/orders',
    about: listOrders.about,
    access: 'user',
    query: orderFilter,
    status: 200,
    response: listOrders.output,
    problems: [],
    rpc: listOrders,
  }),
  operation({
    id: 'getOrder',
    method: 'get',
    path: '/api/orders/{order_id}',
    about: 'One order. Another user’s order answers 404.',
    access: 'user',
    params: orderId,
    status: 200,
    response: orderView,
    problems: ['not_found'],
    rpc: getOrderStatus,
  }),
  operation({
    id: 'getTimeline',
    method: 'get',
    path: '/api/orders/{order_id}/timeline',
    about: getTimeline.about,
    access: 'user',
    params: orderId,
    status: 200,
    response: getTimeline.output,
    problems: ['not_found'],
    rpc: getTimeline,
  }),
  operation({
    id: 'followOrder',
    method: 'get',
    path: '/api/orders/{order_id}/events',
    about: 'Server-sent events: what has happened so far, then each change as it happens, until the order is final.',
    access: 'user',
    params: orderId,
    headers: z.object({ 'last-event-id': id.optional() }),
    status: 200,
    response: z.string(),
    media: 'text/event-stream',
    problems: ['not_found'],
  }),
  operation({
    id: 'cancelOrder',
    method: 'post',
    path: '/api/orders/{order_id}/cancel',
    about: cancelOrder.about,
    access: 'user',
    params: orderId,
    status: 202,
    response: orderView,
    problems: ['not_found', 'cancel_too_late'],
    rpc: cancelOrder,
  }),
] as const
