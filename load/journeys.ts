// Events of whole journeys, made without the services that would say them: a history of any length in the time it takes to publish it.
import {
  type DataOf,
  deliveryAssigned,
  deliveryStatusUpdated,
  inventoryReserved,
  type MessageContract,
  orderCompleted,
  orderCreated,
  orderPaid,
  paymentCaptured,
} from '@deliveryflow/contracts'
import { newId } from '@deliveryflow/kit'
import { outgoing } from '@deliveryflow/kit/messaging/envelope'
import type { Publishable } from '@deliveryflow/kit/outbox/publish'

/** How many events one journey has. */
export const eventsOfJourney = 9

/** One order from PENDING to COMPLETED. */
export const journey = (order_id = newId()): Publishable[] => {
  const [user_id, payment_id, delivery_id, product_id] = [newId(), newId(), newId(), newId()]
  const total = { amount: 5000, currency: 'EUR' }
  const items = [{ product_id, name: 'Espresso cup', quantity: 2, price: { amount: 2500, currency: 'EUR' } }]
  const facts = { order_id, user_id, total, delivery_address: 'Unter den Linden 1, 10117 Berlin' }
  const moved = (status: DataOf<typeof deliveryStatusUpdated>['status']) =>
    said('delivery', deliveryStatusUpdated, { order_id, user_id, delivery_id, status, by: 'courier', note: null })
  return [
    said('order', orderCreated, { ...facts, items }),
    said('inventory', inventoryReserved, facts),
    said('payment', paymentCaptured, { ...facts, payment_id }),
    said('order', orderPaid, { order_id, user_id, total, payment_id }),
    said('delivery', deliveryAssigned, {
      order_id,
      user_id,
      delivery_id,
      courier: { courier_id: newId(), name: 'Boris' },
    }),
    moved('IN_TRANSIT'),
    moved('OUT_FOR_DELIVERY'),
    moved('DELIVERED'),
    said('order', orderCompleted, { order_id, user_id, total, items }),
  ]
}

const said = <M extends MessageContract>(service: string, contract: M, data: DataOf<M>): Publishable => {
  const { subject, aggregate, headers, data: parsed } = outgoing(service, contract, data)
  return { subject, aggregate, headers, data: JSON.stringify(parsed) }
}
