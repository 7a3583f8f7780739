// delivery: couriers, and the parcel's way to the door.
import { z } from 'zod'
import { operation } from './http.ts'
import { command, event } from './message.ts'
import { courierRpc, rpc, userRpc } from './rpc.ts'
import { id, text, timestamp } from './values.ts'

export const deliveryStatus = z.enum(['PENDING', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'FAILED', 'CANCELLED'])
export type DeliveryStatus = z.infer<typeof deliveryStatus>

const courier = z.object({ courier_id: id, name: z.string() })

export const deliveryAssigned = event('delivery_assigned', {
  about: 'A courier will bring the order.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, delivery_id: id, courier }),
})

export const deliveryStatusUpdated = event('delivery_status_updated', {
  about:
    'The parcel moved on. CANCELLED: it never left and never will. by: who ended it; a customer’s cancel begins the compensation.',
  aggregate: 'order_id',
  data: z.object({
    order_id: id,
    user_id: id,
    delivery_id: id,
    status: deliveryStatus,
    by: z.enum(['courier', 'customer', 'saga']),
    note: z.string().nullable(),
  }),
})

export const cancelDeliveryCommand = command('delivery.cancel', {
  about: 'Stops the delivery unless it was delivered; a delivery that would begin later is refused.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id }),
})

const deliveryView = z
  .object({
    delivery_id: id,
    order_id: id,
    status: deliveryStatus,
    courier: courier.nullable(),
    note: z.string().nullable(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Delivery' })

const move = z.strictObject({
  status: deliveryStatus.extract(['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'FAILED']),
  note: text.trim().max(500).optional(),
})

export const getDelivery = userRpc('delivery.get', {
  about: 'The delivery of an order of the caller.',
  input: z.strictObject({ order_id: id }),
  output: deliveryView,
  rejections: ['not_found'],
  idempotent: true,
})

export const moveDelivery = courierRpc('delivery.update_status', {
  about:
    'Moves a parcel on: PENDING, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED; FAILED from any but the last. A courier moves only their own.',
  input: move.extend({ delivery_id: id }),
  output: deliveryView,
  rejections: ['not_found', 'invalid_transition'],
  idempotent: true,
})

export const cancelDelivery = rpc('delivery.cancel', {
  about: "The customer's cancel: holds only until the parcel is IN_TRANSIT, also before the delivery exists.",
  input: z.strictObject({ order_id: id, user_id: id }),
  output: deliveryView,
  rejections: ['cancel_too_late'],
  idempotent: true,
})

export const deliveryHttp = [
  operation({
    id: 'getDelivery',
    method: 'get',
    path: '/api/orders/{order_id}/delivery',
    about: getDelivery.about,
    access: 'user',
    params: getDelivery.input,
    status: 200,
    response: deliveryView,
    problems: ['not_found'],
    rpc: getDelivery,
  }),
  operation({
    id: 'moveDelivery',
    method: 'post',
    path: '/api/deliveries/{delivery_id}/status',
    about: moveDelivery.about,
    access: 'courier',
    params: z.strictObject({ delivery_id: id }),
    body: move,
    status: 200,
    response: deliveryView,
    problems: ['not_found', 'invalid_transition'],
    rpc: moveDelivery,
  }),
] as const
