// order-history on one screen: the read model behind the list of orders, folded from every event of their journeys.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'

export default defineService(topology['order-history'], {
  linger_ms: 400,
  projection: { tables: ['orders', 'timeline'] },
  hears: {
    order_created: handle.project,
    inventory_reserved: handle.project,
    inventory_rejected: handle.project,
    inventory_released: handle.project,
    payment_captured: handle.project,
    payment_failed: handle.project,
    payment_refunded: handle.project,
    delivery_assigned: handle.project,
    delivery_status_updated: handle.project,
    order_paid: handle.project,
    order_completed: handle.project,
    order_cancelled: handle.project,
  },
  answers: {
    'order_history.list': handle.list,
    'order_history.timeline': handle.timeline,
  },
})
