// operations: what people who run the system do to it, each time with a reason that the history keeps.
import { z } from 'zod'
import { operation } from './http.ts'
import { event, type StreamName } from './message.ts'
import { orderView } from './order.ts'
import { adminRpc, rpc } from './rpc.ts'
import { sagaView } from './saga.ts'
import { id, reason, text, timestamp } from './values.ts'

/** Where a message lay that a service gave up. */
const sourceStream = z.enum(['EVENTS', 'COMMANDS', 'JOBS'] satisfies StreamName[])

/** What is done outside of the service operations, which only keeps why. */
const noted = [
  'history_sent',
  'order_retried',
  'order_cancelled',
  'order_compensated',
  'replay_cancelled',
  'replay_finalized',
] as const

export const operatorActed = event('operator_acted', {
  about: 'Somebody who runs the system did something to it, and said why. Said before it is done.',
  aggregate: 'action_id',
  data: z.object({
    action_id: id,
    action: z.enum(['dead_letters_retried', 'dead_letters_dropped', ...noted]),
    by: id,
    reason,
    detail: z.record(z.string(), z.unknown()),
  }),
})

/** Asks a service to handle once more a message that it gave up: nobody else is given it. `body`: base64. */
export const retryMessage = (service: string) =>
  rpc(`retry.${service}`, {
    about: 'Handles a message once more that was given up, as its consumer would.',
    input: z.strictObject({
      stream: sourceStream,
      subject: z.string(),
      sequence: z.int().min(1),
      stored_at: timestamp,
      attempt: z.int().min(1),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.base64(),
    }),
    output: z.discriminatedUnion('outcome', [
      z.object({ outcome: z.literal('handled') }),
      z.object({ outcome: z.literal('failed'), error: z.string(), stack: z.string() }),
    ]),
    rejections: [],
    // The inbox knows what was handled; where there is none, the handler knows by a key of its own.
    idempotent: true,
  })

export const noteAction = adminRpc('operations.note', {
  about: 'Keeps in the history what somebody is about to do outside of any service, and why.',
  input: z.strictObject({
    action_id: id,
    action: z.enum(noted),
    reason,
    detail: z.record(z.string(), z.unknown()),
  }),
  output: z.object({ action_id: id }),
  rejections: [],
  idempotent: true,
})

const orderId = z.strictObject({ order_id: id })
const act = z.strictObject({
  reason,
  action_id: id.optional().meta({ description: 'one for all requests of one action' }),
})

export const compensateOrderAsOperator = adminRpc('operations.compensate_order', {
  about:
    'Takes the step an order waits for as failed, and has the others undone. The history keeps who did it, and why.',
  input: orderId.extend(act.shape),
  output: sagaView,
  rejections: ['not_found', 'invalid_transition'],
  idempotent: false,
})

export const cancelOrderAsOperator = adminRpc('operations.cancel_order', {
  about: 'Cancels an order as its customer could. The history keeps who did it, and why.',
  input: orderId.extend(act.shape),
  output: orderView,
  rejections: ['not_found', 'cancel_too_late'],
  idempotent: true,
})

const sequence = z.coerce.number().int().min(1)

const deadLetter = z
  .object({
    sequence: z.int(),
    service: z.string(),
    stream: z.string(),
    subject: z.string(),
    type: z.string().nullable(),
    event_id: z.string().nullable(),
    aggregate: z.string().nullable(),
    correlation_id: z.string().nullable(),
    error: z.string(),
    attempts: z.int(),
    retries: z.int(),
    first_time: timestamp,
    last_time: timestamp,
  })
  .meta({ id: 'DeadLetter', description: 'sequence: its place in the DLQ; retries: by hand, after the attempts' })
export type DeadLetter = z.infer<typeof deadLetter>

const filter = {
  service: text.max(100).optional(),
  stream: sourceStream.optional(),
  type: text.max(100).optional(),
  correlation_id: text.max(500).optional().meta({ description: 'of the journey: the id of an order, or of a user' }),
  error: text.max(500).optional().meta({ description: 'a part of the error' }),
}
const groupedBy = z.enum(['error', 'consumer', 'type'])
const deadLetterList = z.strictObject({
  ...filter,
  by: groupedBy.optional(),
  group: text
    .max(300)
    .optional()
    .meta({ description: 'those of one group alone: its key, as the groups by that tell' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'pass a next_cursor as it came, or none')
    .optional(),
})
const grouping = z.strictObject({ by: groupedBy.default('error'), ...filter })

export const listDeadLetters = adminRpc('dead_letters.list', {
  about: 'The messages that a service gave up, oldest first.',
  input: deadLetterList,
  output: z.object({ items: z.array(deadLetter), next_cursor: z.string().nullable() }),
  rejections: [],
  idempotent: true,
})

export const groupDeadLetters = adminRpc('dead_letters.group', {
  about: 'How many messages were given up for each error, consumer or type, the largest group first.',
  input: grouping,
  output: z.object({
    groups: z.array(
      z.object({ key: z.string(), count: z.int(), first: z.int(), last: z.int(), newest: timestamp }).meta({
        id: 'DeadLetterGroup',
        description: 'first, last: places in the DLQ',
      }),
    ),
  }),
  rejections: [],
  idempotent: true,
})

const deadLetterInput = z.strictObject({ sequence })

export const getDeadLetter = adminRpc('dead_letters.get', {
  about: 'One message that was given up, whole, with the stack of the error.',
  input: deadLetterInput,
  output: deadLetter.extend({
    stack: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z.string().nullable(),
    body_base64: z.string().nullable().meta({ description: 'where the body is no UTF-8' }),
  }),
  rejections: ['not_found'],
  idempotent: true,
})

const chosen = {
  sequences: z.array(sequence).min(1).max(100),
  ...act.shape,
}
const retryBody = z.strictObject({
  ...chosen,
  body: z.string().optional().meta({ description: 'in the place of its body; for one message alone' }),
})
const dropBody = z.strictObject(chosen)

export const retryDeadLetters = adminRpc('dead_letters.retry', {
  about:
    'Gives messages back to the service that gave them up. What is handled leaves the DLQ; what fails again stays, counted.',
  input: retryBody,
  output: z.object({
    action_id: id,
    results: z.array(
      z.object({
        sequence: z.int(),
        outcome: z.enum(['handled', 'failed', 'unavailable', 'gone']),
        error: z.string().nullable(),
      }),
    ),
  }),
  rejections: ['invalid_request'],
  idempotent: true,
})

export const dropDeadLetters = adminRpc('dead_letters.drop', {
  about: 'Removes messages from the DLQ for good. The history keeps what they were, and why.',
  input: dropBody,
  output: z.object({ action_id: id, dropped: z.int() }),
  rejections: [],
  idempotent: true,
})

export const operationsHttp = [
  operation({
    id: 'listDeadLetters',
    method: 'get',
    path: '/api/dead-letters',
    about: listDeadLetters.about,
    access: 'admin',
    query: deadLetterList,
    status: 200,
    response: listDeadLetters.output,
    problems: [],
    rpc: listDeadLetters,
  }),
  operation({
    id: 'groupDeadLetters',
    method: 'get',
    path: '/api/dead-letter-groups',
    about: groupDeadLetters.about,
    access: 'admin',
    query: grouping,
    status: 200,
    response: groupDeadLetters.output,
    problems: [],
    rpc: groupDeadLetters,
  }),
  operation({
    id: 'getDeadLetter',
    method: 'get',
    path: '/api/dead-letters/{sequence}',
    about: getDeadLetter.about,
    access: 'admin',
    params: deadLetterInput,
    status: 200,
    response: getDeadLetter.output,
    problems: ['not_found'],
    rpc: getDeadLetter,
  }),
  operation({
    id: 'retryDeadLetters',
    method: 'post',
    path: '/api/dead-letters/retry',
    about: retryDeadLetters.about,
    access: 'admin',
    body: retryBody,
    status: 200,
    response: retryDeadLetters.output,
    problems: [],
    rpc: retryDeadLetters,
  }),
  operation({
    id: 'dropDeadLetters',
    method: 'post',
    path: '/api/dead-letters/drop',
    about: dropDeadLetters.about,
    access: 'admin',
    body: dropBody,
    status: 200,
    response: dropDeadLetters.output,
    problems: [],
    rpc: dropDeadLetters,
  }),
  operation({
    id: 'compensateOrderAsOperator',
    method: 'post',
    path: '/api/operations/orders/{order_id}/compensate',
    about: compensateOrderAsOperator.about,
    access: 'admin',
    params: orderId,
    body: act,
    status: 202,
    response: sagaView,
    problems: ['not_found', 'invalid_transition'],
    rpc: compensateOrderAsOperator,
  }),
  operation({
    id: 'cancelOrderAsOperator',
    method: 'post',
    path: '/api/operations/orders/{order_id}/cancel',
    about: cancelOrderAsOperator.about,
    access: 'admin',
    params: orderId,
    body: act,
    status: 202,
    response: orderView,
    problems: ['not_found', 'cancel_too_late'],
    rpc: cancelOrderAsOperator,
  }),
] as const
