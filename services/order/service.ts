// order on one screen: takes orders at the catalog's prices, knows where each stands, answers from a cache while there is one.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { openCache } from './cache.ts'
import * as handle from './handlers.ts'

export default defineService(topology.order, {
  open: openCache,
  hears: {
    inventory_reserved: handle.follow,
    payment_captured: handle.follow,
    delivery_status_updated: handle.follow,
    'order.cancel': handle.follow,
  },
  answers: {
    create_order: handle.create,
    get_order_status: handle.get,
    cancel_order: handle.cancel,
  },
})
