// delivery on one screen: couriers, one delivery for each order, its way to the door, and a simulator that plays couriers.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { z } from 'zod'
import { startBackground } from './background.ts'
import * as handle from './handlers.ts'

const milliseconds = z.coerce.number().int().min(1).max(3_600_000)

export default defineService(topology.delivery, {
  settings: z.object({
    SIMULATOR: z.stringbool().default(false).describe('whether couriers are played: parcels move by themselves'),
    SIMULATOR_STEP_MS: milliseconds.default(3000).describe('milliseconds between two steps of a simulated courier'),
    SIMULATOR_FAIL_PERCENT: z.coerce
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('how many of a hundred simulated deliveries fail at the door'),
    ASSIGN_INTERVAL_MS: milliseconds
      .default(5000)
      .describe('how often parcels that no courier could take are tried again, in milliseconds'),
  }),
  hears: {
    user_registered: handle.welcomeCouriers,
    payment_captured: handle.begin,
    'delivery.cancel': handle.stop,
  },
  answers: {
    'delivery.get': handle.delivery,
    'delivery.update_status': handle.move,
    'delivery.cancel': handle.cancel,
  },
  background: startBackground,
})
