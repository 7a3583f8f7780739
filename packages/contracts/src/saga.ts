// saga: how far each order's journey is, and what is being undone.
import { z } from 'zod'
import { event } from './message.ts'
import { cancelReason } from './order.ts'
import { rpc, userRpc } from './rpc.ts'
import { id, timestamp } from './values.ts'

export const sagaStatus = z.enum(['RUNNING', 'COMPENSATING', 'COMPLETED', 'CANCELLED'])

export const stepTimedOut = event('step_timed_out', {
  about: "A step of an order's journey took too long, or an operator gave it up: what was done is undone.",
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, step: z.enum(['reserve', 'pay', 'assign', 'deliver']) }),
})

const sagaView = z.object({
  order_id: id,
  user_id: id,
  status: sagaStatus,
  step: z.string().nullable(),
  deadline: timestamp.nullable(),
  reason: cancelReason.nullable(),
  facts: z.array(z.object({ fact: z.string(), at: timestamp, event_id: id })),
})

export const compensateOrder = userRpc('saga.compensate', {
  about:
    'Takes the step an order waits for as failed, and undoes the others; of one that is being undone, sends the command again.',
  input: z.strictObject({ order_id: id }),
  output: sagaView,
  rejections: ['forbidden', 'not_found', 'invalid_transition'],
  idempotent: false,
})

export const getSaga = rpc('saga.get', {
  about: 'The saga of one order: each fact with its time, the step it waits for, and until when. For operators.',
  input: z.strictObject({ order_id: id }),
  output: sagaView,
  rejections: ['not_found'],
  idempotent: true,
})
