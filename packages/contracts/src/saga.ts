// saga: how far each order's journey is, and what is being undone.
import { z } from 'zod'
import { cancelReason } from './order.ts'
import { rpc } from './rpc.ts'
import { id, timestamp } from './values.ts'

export const sagaStatus = z.enum(['RUNNING', 'COMPENSATING', 'COMPLETED', 'CANCELLED'])

const sagaView = z.object({
  order_id: id,
  user_id: id,
  status: sagaStatus,
  step: z.string().nullable(),
  deadline: timestamp.nullable(),
  reason: cancelReason.nullable(),
  facts: z.array(z.object({ fact: z.string(), at: timestamp, event_id: id })),
})

export const getSaga = rpc('saga.get', {
  about: 'The saga of one order: each fact with its time, the step it waits for, and until when. For operators.',
  input: z.strictObject({ order_id: id }),
  output: sagaView,
  rejections: ['not_found'],
  idempotent: true,
})
