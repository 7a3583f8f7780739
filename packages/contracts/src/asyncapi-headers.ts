// The NATS headers of messages, dead letters and calls as JSON Schemas; the kit writes and reads them.
import { type MessageContract, type ProblemCode, type RpcContract, refusalsOf } from './index.ts'
import type { JsonSchema } from './json-schema.ts'

const string = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more })
const uuid = (description: string) => string(description, { format: 'uuid' })
const time = (description: string) => string(description, { format: 'date-time' })
const object = (required: string[], properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  required,
  properties,
})

/** The header schemas for `components.schemas`. Messages follow CloudEvents 1.0 in NATS binary mode. */
export const headerSchemas = {
  MessageHeaders: object(
    [
      'Nats-Msg-Id',
      'content-type',
      'ce-specversion',
      'ce-id',
      'ce-type',
      'ce-source',
      'ce-subject',
      'ce-time',
      'ce-correlationid',
    ],
    {
      'Nats-Msg-Id': uuid('The same as ce-id: JetStream drops a second copy within its duplicate window.'),
      'content-type': { const: 'application/json' },
      'ce-specversion': { const: '1.0' },
      'ce-id': uuid('UUIDv7 of the message.'),
      'ce-type': string('The type of the message.'),
      'ce-source': string('The service that said it.'),
      'ce-subject': string('The aggregate: messages of one service about the same aggregate keep their order.'),
      'ce-time': time('When it was said.'),
      'ce-correlationid': string("The journey it belongs to: the order's or the user's."),
      'ce-causationid': uuid('The message that led to this one; missing when a call did.'),
      traceparent: string('W3C Trace Context.'),
    },
  ),
  DeadLetterHeaders: object(['df-dlq-service', 'df-dlq-stream', 'df-dlq-sequence', 'df-dlq-error'], {
    'df-dlq-service': string('The service that gave up.'),
    'df-dlq-stream': string('The stream the message came from.'),
    'df-dlq-consumer': string('The durable consumer.'),
    'df-dlq-subject': string('The subject it had.'),
    'df-dlq-sequence': string('Its place in that stream.'),
    'df-dlq-attempts': string('How often it was delivered.'),
    'df-dlq-retries': string('How often it was tried by hand after that.'),
    'df-dlq-first-time': time('When the stream took it.'),
    'df-dlq-last-time': time('When the service gave up.'),
    'df-dlq-error': string('The name and message of the error, as a JSON string.'),
    'df-dlq-stack': string('Its stack, as a JSON string.'),
  }),
  CallHeaders: object(['df-deadline'], {
    'df-deadline': string(
      'Until when the answer is wanted: milliseconds since 1970, as digits. Later it is not answered.',
    ),
    'df-user': string('Who asks, as the gateway read it from the access token: `{"user_id": …, "role": …}`.'),
    traceparent: string('W3C Trace Context.'),
  }),
  RefusalHeaders: object(['Nats-Service-Error', 'Nats-Service-Error-Code'], {
    'Nats-Service-Error': string('The problem code.'),
    'Nats-Service-Error-Code': string('Its HTTP status.', { pattern: '^[45][0-9]{2}$' }),
  }),
}

const like = (name: keyof typeof headerSchemas, more: Record<string, unknown> = {}) => ({
  type: 'object',
  allOf: [{ $ref: `#/components/schemas/${name}` }],
  ...more,
})

/** The headers of one kind of message. */
export const messageHeaders = (message: MessageContract) =>
  like('MessageHeaders', {
    properties: {
      'ce-type': { const: message.type },
      'ce-subject': { description: `${message.aggregate} of the data.` },
    },
  })

/** The headers a dead letter has beside those it came with. */
export const deadLetterHeaders = like('DeadLetterHeaders')

/** The headers of a request. */
export const callHeaders = (call: RpcContract) =>
  like('CallHeaders', call.access === 'public' ? {} : { required: ['df-deadline', 'df-user'] })

/** The headers of a refusal: the codes of the call itself, and those that every call can end with. */
export const refusalHeaders = (call: RpcContract) => {
  const always: ProblemCode[] = ['invalid_request', 'unavailable', 'timeout', 'internal']
  const codes = new Set([...refusalsOf(call), ...always])
  return like('RefusalHeaders', { properties: { 'Nats-Service-Error': { enum: [...codes] } } })
}
