// inventory on one screen: stock, reservations of whole orders, never below zero, at most one release for each order.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'

export default defineService(topology.inventory, {
  hears: {
    order_created: handle.reserve,
    'inventory.release': handle.release,
  },
  answers: {
    'inventory.get_stock': handle.stockOf,
    'inventory.set_stock': handle.changeStock,
  },
})
