// What each service's NATS user may publish and subscribe: exactly what the topology says, nothing else.

import { deadLetterSubject } from './dead-letter.ts'
import type { MessageContract, StreamName } from './message.ts'
import { streams } from './streams.ts'
import { answersOf, type ServiceTopology, services } from './topology.ts'

/** The permissions of one NATS user, in the words of the server's configuration. */
export type NatsPermissions = {
  publish: { allow: string[] }
  subscribe: { allow: string[] }
  allow_responses?: { max: number; expires: string }
}

/** One durable consumer: its name is the service's, and it hears these subjects of one stream. */
export type ConsumerContract = {
  readonly service: string
  readonly stream: StreamName
  readonly durable: string
  readonly filter_subjects: readonly string[]
  /**
   * Where the servers keep what was delivered and acknowledged. In memory it costs no disk sync, and can be lost: a work queue
   * forgets what was acknowledged anyway, and in a history a service with PostgreSQL knows where it was.
   */
  readonly state: 'memory' | 'file'
}

/** The durable consumers of a service: one for each stream it hears. One consumer keeps the order across types. */
export const consumersOf = (service: ServiceTopology): ConsumerContract[] => {
  const byStream = Map.groupBy(service.hears, (message: MessageContract) => message.stream)
  return [...byStream].map(([stream, messages]) => ({
    service: service.name,
    stream,
    durable: service.name,
    filter_subjects: service.keeps_history ? subjectsOf(stream) : messages.map((message) => message.subject),
    state: stream !== 'EVENTS' || service.owns.includes('postgres') ? 'memory' : 'file',
  }))
}

const subjectsOf = (name: StreamName) => streams.find((stream) => stream.name === name)?.subjects ?? []

/** Whether its service knows where it was and puts it back there when the servers have forgotten. */
export const isRestored = ({ stream, state }: ConsumerContract): boolean => stream === 'EVENTS' && state === 'memory'

/** Where the answers to a service's own requests arrive; nobody else may listen there. */
export const inboxPrefix = (service: string) => `_INBOX.${service}`

/** To read the dead letters, to remove one, and to put one back with a new error. */
const tending = ['$JS.API.DIRECT.GET.DLQ', '$JS.API.STREAM.MSG.DELETE.DLQ', 'dlq.*.*']

/** To ask how services, streams and consumers are, and to read any stream by place. Nothing of it changes anything. */
const watching = [
  '$SRV.STATS',
  '$JS.API.STREAM.NAMES',
  '$JS.API.STREAM.INFO.*',
  '$JS.API.CONSUMER.LIST.*',
  '$JS.API.CONSUMER.INFO.*.*',
  '$JS.API.DIRECT.GET.*',
]

/** The least a service needs. Acks come in two forms: the short one and, since server 2.14, one with domain and account. */
export const permissionsOf = (service: ServiceTopology): NatsPermissions => {
  const consumers = consumersOf(service)
  const publish = [
    ...service.says.map((message) => message.subject),
    ...service.calls.map((call) => call.subject),
    ...consumers.flatMap(({ stream, durable }) => [
      `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
      `$JS.ACK.${stream}.${durable}.>`,
      `$JS.ACK.*.*.${stream}.${durable}.>`,
      deadLetterSubject(service.name, stream),
    ]),
    ...(service.tends_dead_letters ? tending : []),
    ...(service.watches_operation ? watching : []),
    ...(service.keeps_history ? ['$JS.API.DIRECT.GET.EVENTS', '$JS.API.STREAM.INFO.EVENTS'] : []),
    ...consumers.filter(isRestored).map(({ stream, durable }) => `$JS.API.CONSUMER.RESET.${stream}.${durable}`),
  ]
  const subscribe = [
    `${inboxPrefix(service.name)}.>`,
    ...answersOf(service).map((answer) => answer.subject),
    ...(service.watches ?? []).map((message) => message.subject),
    '$SRV.>',
  ]
  return {
    publish: { allow: publish },
    subscribe: { allow: subscribe },
    allow_responses: { max: 1, expires: '1m' },
  }
}

/** The permissions of all services, by user name. */
export const natsPermissions = (): Record<string, NatsPermissions> =>
  Object.fromEntries(services.map((service) => [service.name, permissionsOf(service)]))
