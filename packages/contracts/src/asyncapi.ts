// The AsyncAPI 3.0 document of everything that travels over NATS. It describes the whole system, so each operation names its service.
import type { z } from 'zod'
import { callHeaders, deadLetterHeaders, headerSchemas, messageHeaders, refusalHeaders } from './asyncapi-headers.ts'
import {
  answersOf,
  consumerSettings,
  consumersOf,
  type MessageContract,
  type RpcContract,
  type ServiceTopology,
  services,
  streams,
} from './index.ts'
import { type SchemaWriter, schemaWriter } from './json-schema.ts'
import { calls, messages } from './relations.ts'
import { sampleOf } from './samples.ts'

const deadLetters = 'dlq.{service}.{stream}'

/** The document as plain data. AsyncAPI 3.0 reads JSON Schema draft-07. */
export const asyncApiDocument = () => {
  const writer = schemaWriter('draft-07')
  const channels = {
    ...Object.fromEntries(messages.map((message) => [message.subject, messageChannel(message, writer)])),
    ...Object.fromEntries(calls.flatMap((call) => callChannels(call, writer))),
    [deadLetters]: deadLetterChannel(),
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'DeliveryFlow over NATS',
      version: '1.0.0',
      description: [
        'Events are facts on JetStream, commands and jobs are work queues, `rpc.*` are questions with one answer.',
        'Every message is a CloudEvent in NATS binary mode: attributes in headers, data as JSON. Data may gain fields:',
        'ignore what you do not know. `send` and `receive` are those of the service that `x-service` names.',
      ].join('\n'),
      license: { name: 'Apache 2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: services.map(({ name, about }) => ({ name, description: about })),
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: 'localhost:4222',
        protocol: 'nats',
        description:
          'The first node of the local cluster. Each service signs in as its own user with its own permissions.',
        security: [{ $ref: '#/components/securitySchemes/service' }],
      },
    },
    channels,
    operations: Object.fromEntries(services.flatMap(operationsOf)),
    components: {
      schemas: { ...headerSchemas, ...writer.components },
      securitySchemes: { service: { type: 'userPassword', description: 'User: the name of the service.' } },
    },
    'x-jetstream': {
      streams,
      consumers: services.flatMap(consumersOf).map((consumer) => ({ ...consumer, ...consumerSettings })),
    },
  }
}

const messageChannel = (message: MessageContract, writer: SchemaWriter) => ({
  address: message.subject,
  description: message.about,
  messages: {
    [message.type]: {
      name: message.type,
      summary: message.about,
      headers: messageHeaders(message),
      ...withExample(message.data, 'output', writer),
      correlationId: { location: '$message.header#/ce-correlationid' },
    },
  },
  'x-jetstream': { stream: message.stream },
})

const withExample = (data: z.ZodType, io: 'input' | 'output', writer: SchemaWriter) => {
  const payload = writer.write(data, io)
  return { payload, examples: [{ payload: sampleOf(payload, writer.components) }] }
}

/** A refusal's code is in its headers; some codes add members of their own, such as which products are unknown. */
const refusalPayload = { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } }

/** A call has two channels: its subject, and the inbox of whoever asks, whose address only the request knows. */
const callChannels = (call: RpcContract, writer: SchemaWriter): [string, unknown][] => [
  [
    call.subject,
    {
      address: call.subject,
      description: call.about,
      messages: { request: { headers: callHeaders(call), ...withExample(call.input, 'input', writer) } },
      'x-idempotent': call.idempotent,
    },
  ],
  [
    `${call.subject}.reply`,
    {
      address: null,
      description: `The answer to ${call.subject}, on the reply subject of the request.`,
      messages: {
        answer: withExample(call.output, 'output', writer),
        refusal: { headers: refusalHeaders(call), payload: refusalPayload },
      },
    },
  ],
]

const deadLetterChannel = () => {
  const consumers = services.flatMap(consumersOf)
  const oneOf = (values: string[]) => ({ enum: [...new Set(values)] })
  return {
    address: deadLetters,
    description: 'Messages a service could not handle, whole, with the reason in additional headers.',
    parameters: {
      service: oneOf(consumers.map((consumer) => consumer.service)),
      stream: oneOf(consumers.map((consumer) => consumer.stream.toLowerCase())),
    },
    messages: { dead_letter: { headers: deadLetterHeaders, payload: {} } },
    'x-jetstream': { stream: 'DLQ' },
  }
}

const operationsOf = (service: ServiceTopology): [string, unknown][] => {
  const operation = (verb: string, action: 'send' | 'receive', subject: string, message: string, more = {}) => {
    const name = `${service.name} ${verb} ${subject.replace(/^(events|rpc)\./, '')}`
    const value = {
      action,
      channel: channel(subject),
      title: name,
      tags: [{ name: service.name }],
      messages: [{ $ref: `${channel(subject).$ref}/messages/${message}` }],
      ...more,
      'x-service': service.name,
    }
    return [name.replace(/\W+/g, ' ').trim().replaceAll(' ', '_'), value] satisfies [string, unknown]
  }
  const consumers = consumersOf(service)
  const durableOf = ({ stream }: MessageContract) => consumers.find((consumer) => consumer.stream === stream)?.durable
  return [
    ...service.says.map((message) => operation('says', 'send', message.subject, message.type)),
    ...service.hears.map((message) =>
      operation('hears', 'receive', message.subject, message.type, {
        'x-jetstream': { stream: message.stream, durable: durableOf(message) },
      }),
    ),
    ...(service.watches ?? []).map((message) =>
      operation('watches', 'receive', message.subject, message.type, {
        description: 'Live and without memory: a core NATS subscription.',
      }),
    ),
    ...service.calls.map(({ subject }) => operation('calls', 'send', subject, 'request', replyOf(subject))),
    ...answersOf(service).map(({ subject }) =>
      operation('answers', 'receive', subject, 'request', {
        ...replyOf(subject),
        bindings: { nats: { queue: service.name } },
      }),
    ),
    ...(consumers.length > 0 ? [operation('buries', 'send', deadLetters, 'dead_letter')] : []),
  ]
}

const channel = (name: string) => ({ $ref: `#/channels/${name}` })

const replyOf = (subject: string) => {
  const { $ref } = channel(`${subject}.reply`)
  return {
    reply: { channel: { $ref }, messages: [{ $ref: `${$ref}/messages/answer` }, { $ref: `${$ref}/messages/refusal` }] },
  }
}
