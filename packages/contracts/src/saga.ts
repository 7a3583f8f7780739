// saga: how far each order's journey is, and what is being undone.
import { z } from 'zod'
import { operation } from './http.ts'
import { event } from './message.ts'
import { cancelReason } from './order.ts'
import { adminRpc } from './rpc.ts'
import { id, pageOf, timestamp } from './values.ts'

export const sagaStatus = z.enum(['RUNNING', 'COMPENSATING', 'COMPLETED', 'CANCELLED'])

export const stepTimedOut = event('step_timed_out', {
  about: "A step of an order's journey took too long, or an operator gave it up: what was done is undone.",
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, step: z.enum(['reserve', 'pay', 'assign', 'deliver']) }),
})

const standing = z.object({
  order_id: id,
  user_id: id,
  status: sagaStatus,
  step: z.string().nullable(),
  deadline: timestamp.nullable(),
  reason: cancelReason.nullable(),
})

export const sagaView = standing
  .extend({ facts: z.array(z.object({ fact: z.string(), at: timestamp, event_id: id })) })
  .meta({ id: 'Saga', description: 'step: what is waited for; deadline: until when, before the saga acts by itself' })

const orderId = z.strictObject({ order_id: id })

export const compensateOrder = adminRpc('saga.compensate', {
  about:
    'Takes the step an order waits for as failed, and undoes the others; of one that is being undone, sends the command again.',
  input: orderId,
  output: sagaView,
  rejections: ['not_found', 'invalid_transition'],
  idempotent: false,
})

export const getSaga = adminRpc('saga.get', {
  about: 'The saga of one order: each fact with its time, the step it waits for, and until when. For operators.',
  input: orderId,
  output: sagaView,
  rejections: ['not_found'],
  idempotent: true,
})

const overdueList = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,16}_[0-9a-f-]{36}$/, 'pass a next_cursor as it came, or none')
    .optional(),
})

export const listOverdue = adminRpc('saga.list_overdue', {
  about: 'The orders whose step is late and that nothing has been done about, the longest overdue first.',
  input: overdueList,
  output: pageOf(
    standing
      .extend({ deadline: timestamp })
      .meta({ id: 'StuckOrder', description: 'deadline: when the step should have been done, or undone' }),
  ),
  rejections: [],
  idempotent: true,
})

export const sagaHttp = [
  operation({
    id: 'listStuckOrders',
    method: 'get',
    path: '/api/operations/orders/stuck',
    about: listOverdue.about,
    access: 'admin',
    query: overdueList,
    status: 200,
    response: listOverdue.output,
    problems: [],
    rpc: listOverdue,
  }),
  operation({
    id: 'getSaga',
    method: 'get',
    path: '/api/operations/orders/{order_id}/saga',
    about: getSaga.about,
    access: 'admin',
    params: orderId,
    status: 200,
    response: sagaView,
    problems: ['not_found'],
    rpc: getSaga,
  }),
] as const
