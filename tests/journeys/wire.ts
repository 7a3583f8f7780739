// What passes over NATS while a journey runs, as an administrator's connection sees it: what is said, delivered, acknowledged, asked and
// answered. It only records; who caused what is causes.ts's.

import { subjectsOverlap } from '@deliveryflow/contracts/subject'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { Svcm } from '@nats-io/services'
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node'
import type { TestSystem } from '../system.ts'

/** A message on its way into a stream. `by`: its ce-source; of a dead letter the service that gave it up. */
export type Said = {
  readonly id: string
  readonly subject: string
  readonly by: string
  readonly causation_id: string | null
  readonly traceparent: string | undefined
  readonly data: Record<string, unknown>
  /** The services whose durable consumer acknowledged it. */
  readonly heard: Set<string>
}

/** A question and how it was answered. `by`: whose inbox the answer goes to; null where it is no service's. */
export type Asked = {
  readonly subject: string
  readonly by: string | null
  readonly of: string
  readonly traceparent: string | undefined
  readonly data: Record<string, unknown>
  /** What the asker was being asked at that moment, the latest of it. */
  readonly within: Asked | undefined
  answer?: { readonly refused: string | null }
}

export type Wire = {
  /** What was said and asked since the last `forget`, in the order in which it was first seen. */
  readonly said: ReadonlyMap<string, Said>
  readonly asked: readonly Asked[]
  forget(): void
  /** What is still under way, in words; empty when every message was acknowledged by all who hear it and every question answered. */
  underWay(): string[]
  /** When anything was seen for the last time, as performance.now() tells it. */
  lastSeen(): number
  close(): Promise<void>
}

type Consumer = { stream: string; name: string; filters: readonly string[] }

const streams = { events: 'EVENTS', commands: 'COMMANDS', jobs: 'JOBS', dlq: 'DLQ' } as const
const deadLetters = /^\$JS\.API\.(?:DIRECT\.GET|STREAM\.MSG\.DELETE)\.DLQ\b/

/** Watches the system until it is closed. Consumers and who answers what are read off the servers and the services, once. */
export const watchWire = async (system: TestSystem): Promise<Wire> => {
  const connection = await connect(system.nats)
  const consumers = await consumersOf(await jetstreamManager(connection))
  const answerers = await answerersOf(connection)
  const said = new Map<string, Said>()
  let asked: Asked[] = []
  const open = new Map<string, Asked>()
  /** What each `$JS.ACK.…` is for. */
  const delivered = new Map<string, { message: Said; service: string }>()
  let seen = performance.now()

  const note = (message: Msg) => {
    const { subject, reply = '' } = message
    const answered = open.get(subject)
    if (reply.startsWith('$JS.ACK.')) noteDelivery(message, reply)
    else if (subject.startsWith('$JS.ACK.')) noteAck(message)
    else if (answered) {
      answered.answer ??= { refused: message.headers?.get('Nats-Service-Error') || null }
    } else if (streamOf(subject)) {
      const { id, ...rest } = saidIn(message)
      if (!said.has(id)) said.set(id, { id, ...rest })
    } else {
      const of = deadLetters.test(subject)
        ? 'DLQ'
        : answerers.find(([pattern]) => subjectsOverlap(pattern, subject))?.[1]
      if (of === undefined || !reply.startsWith('_INBOX.')) return
      const by = inboxOf(reply)
      const within = asked.findLast((other) => other.of === by && !other.answer)
      const question = { subject, of, by, within, ...tracedData(message) }
      open.set(reply, question)
      asked.push(question)
    }
    seen = performance.now()
  }
  const noteDelivery = (message: Msg, reply: string) => {
    const known = said.get(message.headers?.get('ce-id') ?? '')
    const tokens = reply.split('.')
    // $JS.ACK.<stream>.<consumer>.…, or since server 2.14 with domain and account before them.
    const service = tokens.at(tokens.length > 9 ? 5 : 3) ?? ''
    if (known) delivered.set(reply, { message: known, service })
  }
  const noteAck = (message: Msg) => {
    const { message: known, service } = delivered.get(message.subject) ?? {}
    if (known && service && /^\+(ACK|TERM)/.test(message.string())) known.heard.add(service)
  }

  const subscription = connection.subscribe('>', { callback: (_, message) => note(message) })
  await connection.flush()
  return {
    said,
    get asked() {
      return asked
    },
    forget: () => {
      said.clear()
      asked = []
      open.clear()
      delivered.clear()
    },
    underWay: () => [
      ...[...said.values()].flatMap(({ subject, heard }) =>
        consumers
          .filter(({ name, filters }) => !heard.has(name) && filters.some((filter) => subjectsOverlap(filter, subject)))
          .map(({ name }) => `${subject}, which ${name} has not acknowledged`),
      ),
      ...asked.filter(({ answer }) => !answer).map(({ subject }) => `${subject}, which is not answered`),
    ],
    lastSeen: () => seen,
    close: async () => {
      subscription.unsubscribe()
      await connection.close()
    },
  }
}

const streamOf = (subject: string): string | undefined => streams[subject.split('.')[0] as keyof typeof streams]

const saidIn = (message: Msg): Said => {
  const header = (name: string) => message.headers?.get(name) || undefined
  const buried = message.subject.startsWith('dlq.')
  const id = header('ce-id') ?? ''
  return {
    // A dead letter bears the headers of the message that it is, and that message is what led to it.
    id: buried ? `${message.subject} ${id}` : id,
    subject: message.subject,
    by: (buried ? header('df-dlq-service') : header('ce-source')) ?? '',
    causation_id: (buried ? id : header('ce-causationid')) ?? null,
    heard: new Set(),
    ...tracedData(message),
  }
}

const tracedData = (message: Msg) => ({
  traceparent: message.headers?.get('traceparent') || undefined,
  data: dataOf(message.string()),
})

const dataOf = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** `_INBOX.<service>.…`: nobody else may listen there. The inbox of a tool's connection bears a random name of 22 characters. */
const inboxOf = (reply: string): string | null => {
  const [, name = ''] = reply.split('.')
  return /^\w{22}$/.test(name) ? null : name
}

const consumersOf = async (manager: JetStreamManager): Promise<Consumer[]> => {
  const found: Consumer[] = []
  for (const stream of ['EVENTS', 'COMMANDS', 'JOBS']) {
    for await (const { name, config } of manager.consumers.list(stream)) {
      const filters = config.filter_subjects ?? [config.filter_subject ?? '>']
      if (config.durable_name) found.push({ stream, name, filters })
    }
  }
  return found
}

/** Which service answers a subject, as the services say of themselves. */
const answerersOf = async (connection: NatsConnection): Promise<[pattern: string, service: string][]> => {
  const found = new Map<string, string>()
  for await (const { name, endpoints } of await new Svcm(connection).client().info()) {
    for (const { subject } of endpoints) found.set(subject, name)
  }
  return [...found]
}
