// inventory: how many pieces can be ordered, and which are reserved for whom.
import { z } from 'zod'
import { command, event } from './message.ts'
import { cancelReason, orderFacts } from './order.ts'
import { rpc } from './rpc.ts'
import { id } from './values.ts'

const line = z.object({ product_id: id, quantity: z.int().min(1) })

export const inventoryReserved = event('inventory_reserved', {
  about: 'Every item of the order is put aside.',
  aggregate: 'order_id',
  data: z.object(orderFacts),
})

export const inventoryRejected = event('inventory_rejected', {
  about: 'At least one item is short; nothing was put aside.',
  aggregate: 'order_id',
  data: z.object({
    order_id: id,
    user_id: id,
    reason: cancelReason.extract(['OUT_OF_STOCK']),
    shortages: z.array(z.object({ product_id: id, requested: z.int(), available: z.int() })),
  }),
})

export const inventoryReleased = event('inventory_released', {
  about: 'Nothing is, or ever will be, put aside for the order. items: what went back.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, items: z.array(line) }),
})

export const releaseCommand = command('inventory.release', {
  about: 'Puts back what was reserved; a reservation that comes later is refused.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id }),
})

export const getStock = rpc('inventory.get_stock', {
  about: 'What can be ordered now. Products never stocked count zero.',
  input: z.strictObject({ product_ids: z.array(id).min(1).max(100) }),
  output: z.object({ stock: z.array(z.object({ product_id: id, available: z.int() })) }),
  rejections: [],
  idempotent: true,
})
