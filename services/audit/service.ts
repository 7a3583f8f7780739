// audit on one screen: the index over everything that happened.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'

export default defineService(topology.audit, {
  linger_ms: 400,
  hears: {
    user_registered: handle.enter,
    password_reset_requested: handle.enter,
    order_created: handle.enter,
    inventory_reserved: handle.enter,
    inventory_rejected: handle.enter,
    inventory_released: handle.enter,
    payment_captured: handle.enter,
    payment_failed: handle.enter,
    payment_refunded: handle.enter,
    delivery_assigned: handle.enter,
    delivery_status_updated: handle.enter,
    order_paid: handle.enter,
    order_completed: handle.enter,
    order_cancelled: handle.enter,
    review_created: handle.enter,
  },
  answers: {
    'audit.list_events': handle.list,
  },
})
