// saga on one screen: watches every order's journey, and undoes it when a step fails or is late.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { z } from 'zod'
import * as handle from './handlers.ts'
import { openHearing } from './hearing.ts'
import * as store from './store.ts'
import { startSweeper } from './sweeper.ts'

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
const ms = (fallback: number) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .max(365 * day)
    .default(fallback)

/** One handler for every event of a journey. */
const forEach = <H>(handler: H) => ({
  order_created: handler,
  inventory_reserved: handler,
  inventory_rejected: handler,
  inventory_released: handler,
  payment_captured: handler,
  payment_failed: handler,
  payment_refunded: handler,
  delivery_assigned: handler,
  delivery_status_updated: handler,
  order_paid: handler,
  order_completed: handler,
  order_cancelled: handler,
  step_timed_out: handler,
})

export default defineService(topology.saga, {
  settings: z.object({
    RESERVE_DEADLINE_MS: ms(30 * second).describe('how long a reservation may take, in milliseconds'),
    PAY_DEADLINE_MS: ms(minute).describe('how long a payment may take, in milliseconds'),
    ASSIGN_DEADLINE_MS: ms(5 * minute).describe('how long a parcel may wait for a courier, in milliseconds'),
    DELIVER_DEADLINE_MS: ms(7 * day).describe('how long a parcel may be on its way, in milliseconds'),
    COMMAND_DEADLINE_MS: ms(30 * second).describe(
      'how long a command may go unconfirmed before it is sent again, in milliseconds; doubles each time',
    ),
    SWEEP_MS: ms(second).describe('how often passed deadlines are looked for, in milliseconds'),
    GRACE_MS: ms(10 * second).describe(
      'how long events must have come in without delay before a deadline is judged, in milliseconds',
    ),
  }),
  open: openHearing,
  linger_ms: 200,
  projection: { tables: ['sagas'], folds: forEach(handle.view), carryOver: store.carryOver },
  hears: forEach(handle.follow),
  answers: { 'saga.get': handle.get, 'saga.list_overdue': handle.overdue, 'saga.compensate': handle.compensate },
  background: startSweeper,
})
