// monitoring: the running system as people look at it: instances, streams with what lies in them, and events as they happen.
import { z } from 'zod'
import { operation } from './http.ts'
import { adminRpc } from './rpc.ts'
import { id, nothing, text, timestamp } from './values.ts'

const count = z.int().min(0)

const endpoint = z.object({ subject: z.string(), requests: count, errors: count, average_ms: z.number().nullable() })

const instance = z
  .object({
    id: z.string(),
    version: z.string(),
    started_at: timestamp,
    requests: count.nullable(),
    errors: count.nullable(),
    average_ms: z.number().nullable(),
    endpoints: z.array(endpoint),
  })
  .meta({
    id: 'ServiceInstance',
    description:
      'requests, errors: calls that were answered and that failed, since its start; a refusal is no error. null: it answers no calls. average_ms: null before the first',
  })

export const listServices = adminRpc('operations.services', {
  about: 'The services with the instances that answer at this moment, and what each has done since its start.',
  input: nothing,
  output: z.object({
    items: z.array(
      z
        .object({ name: z.string(), about: z.string(), instances: z.array(instance) })
        .meta({ id: 'Service', description: 'instances: none where none answers' }),
    ),
  }),
  rejections: [],
  idempotent: true,
})

const sample = z.tuple([timestamp, count, count])

const consumer = z
  .object({
    name: z.string(),
    problem: z.string().nullable(),
    state: z
      .object({
        pending: count,
        ack_pending: count,
        redelivered: count,
        acknowledged_sequence: count,
        last_active: timestamp.nullable(),
        leader: z.string().nullable(),
      })
      .nullable(),
    samples: z.array(sample),
  })
  .meta({
    id: 'StreamConsumer',
    description: [
      'pending: not delivered yet; ack_pending: in hand; redelivered: of these, more than once; acknowledged_sequence: up to this place of the',
      'stream all is done; state: null while it cannot be read, problem says why; samples: [time, pending + ack_pending, acknowledged_sequence]',
    ].join(' '),
  })

const stream = z
  .object({
    name: z.string(),
    about: z.string().nullable(),
    problem: z.string().nullable(),
    state: z
      .object({
        messages: count,
        bytes: count,
        first_sequence: count,
        first_time: timestamp.nullable(),
        last_sequence: count,
        last_time: timestamp.nullable(),
        replicas: count,
        replicas_current: count,
        leader: z.string().nullable(),
      })
      .nullable(),
    consumers: z.array(consumer),
  })
  .meta({
    id: 'Stream',
    description:
      'about: null for one that is not of this system; state: null while it cannot be read, problem says why',
  })

const streamList = z.strictObject({
  samples_after: timestamp.optional().meta({ description: 'only newer samples: for who has the others already' }),
})

export const listStreams = adminRpc('operations.streams', {
  about: 'The streams and their consumers, with the lag of each over the last ten minutes as this instance saw it.',
  input: streamList,
  output: z.object({ read_at: timestamp, items: z.array(stream) }),
  rejections: [],
  idempotent: true,
})

const streamName = z.strictObject({ stream: z.string().regex(/^[\w-]{1,100}$/, 'the name of a stream') })
const place = z.coerce.number().int().min(1)
const messageList = z.strictObject({
  before: place.optional().meta({ description: 'those before this place, the newest first' }),
  after: z.coerce.number().int().min(0).optional().meta({ description: 'those behind this place, in their order' }),
  subject: z
    .string()
    .max(200)
    .regex(/^([^\s.>]+\.)*([^\s.>]+|>)$/, 'a subject, with wildcards or without: events.*, dlq.payment.>')
    .optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export const listStreamMessages = adminRpc('operations.stream_messages', {
  about: 'The messages of a stream, the newest first, or from a place on.',
  input: streamName.extend(messageList.shape),
  output: z.object({
    items: z.array(
      z
        .object({
          sequence: z.int(),
          subject: z.string(),
          time: timestamp,
          headers: z.array(z.tuple([z.string(), z.string()])),
          body: z.string().nullable(),
          body_base64: z.string().nullable(),
          size: count,
          is_cut: z.boolean(),
        })
        .meta({
          id: 'StreamMessage',
          description:
            'body_base64: where the body is no UTF-8; size: bytes of the whole body; is_cut: only its beginning is told',
        }),
    ),
    next: z
      .object({ before: z.int().optional(), after: z.int().optional() })
      .nullable()
      .meta({ description: 'ask again with it for what follows; null at the end' }),
  }),
  rejections: ['invalid_request', 'not_found', 'unavailable'],
  idempotent: true,
})

/** What one frame of `followEvents` holds. */
export const liveEvents = z
  .object({
    events: z.array(
      z.object({
        id,
        type: z.string(),
        source: z.string(),
        aggregate: z.string(),
        correlation_id: z.string(),
        causation_id: z.string().nullable(),
        time: timestamp,
        data: z.record(z.string(), z.unknown()),
      }),
    ),
    left_out: count,
  })
  .meta({
    id: 'LiveEvents',
    description: 'The data of each frame, as JSON. left_out: events before these that a slow reader was not given',
  })
export type LiveEvents = z.infer<typeof liveEvents>

export const monitoringHttp = [
  operation({
    id: 'listServices',
    method: 'get',
    path: '/api/operations/services',
    about: listServices.about,
    access: 'admin',
    status: 200,
    response: listServices.output,
    problems: [],
    rpc: listServices,
  }),
  operation({
    id: 'listStreams',
    method: 'get',
    path: '/api/operations/streams',
    about: listStreams.about,
    access: 'admin',
    query: streamList,
    status: 200,
    response: listStreams.output,
    problems: [],
    rpc: listStreams,
  }),
  operation({
    id: 'listStreamMessages',
    method: 'get',
    path: '/api/operations/streams/{stream}/messages',
    about: listStreamMessages.about,
    access: 'admin',
    params: streamName,
    query: messageList,
    status: 200,
    response: listStreamMessages.output,
    problems: ['not_found'],
    rpc: listStreamMessages,
  }),
  operation({
    id: 'followEvents',
    method: 'get',
    path: '/api/operations/events',
    about:
      'Server-sent events: what happens from now on, several events in a frame of 50 ms. Without memory: what is missed is in the history.',
    access: 'admin',
    query: z.strictObject({ type: text.max(100).optional(), order_id: id.optional() }),
    status: 200,
    response: liveEvents,
    media: 'text/event-stream',
    problems: [],
  }),
] as const
