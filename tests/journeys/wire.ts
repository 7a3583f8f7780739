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
  // Three servers pass things on, so what follows may be seen before what it follows: each is kept until it finds its other half.
  const questions = new Map<string, Asked>()
  const answers = new Map<string, NonNullable<Asked['answer']>>()
  const deliveries = new Map<string, { message: Said; service: string }>()
  const acks = new Set<string>()
  let seen = performance.now()

  const noteSaid = (message: Msg): Said => {
    const made = saidIn(message)
    const known = said.get(made.id) ?? made
    said.set(known.id, known)
    return known
  }
  const noteDelivery = (message: Msg, reply: string) => {
    const tokens = reply.split('.')
    // $JS.ACK.<stream>.<consumer>.…, or since server 2.14 with domain and account before them.
    const service = tokens.at(tokens.length > 9 ? 5 : 3) ?? ''
    deliveries.set(reply, { message: noteSaid(message), service })
    if (acks.has(reply)) noteHeard(reply)
  }
  const noteHeard = (reply: string) => {
    const { message, service } = deliveries.get(reply) ?? {}
    if (service) message?.heard.add(service)
  }
  const noteQuestion = (message: Msg, reply: string) => {
    const { subject } = message
    const of = deadLetters.test(subject) ? 'DLQ' : answerers.find(([pattern]) => subjectsOverlap(pattern, subject))?.[1]
    if (of === undefined) return
    const by = inboxOf(reply)
    const within = asked.findLast((other) => other.of === by && !other.answer)
    const answer = answers.get(reply)
    const question: Asked = { subject, of, by, within, ...(answer && { answer }), ...tracedData(message) }
    questions.set(reply, question)
    asked.push(question)
  }
  const noteAnswer = (message: Msg) => {
    const answer = { refused: message.headers?.get('Nats-Service-Error') || null }
    answers.set(message.subject, answer)
    const question = questions.get(message.subject)
    if (question) question.answer ??= answer
  }

  /** Takes a message in; false for what is nothing of a journey. */
  const note = (message: Msg): boolean => {
    const { subject, reply = '' } = message
    if (reply.startsWith('$JS.ACK.')) noteDelivery(message, reply)
    else if (subject.startsWith('$JS.ACK.')) {
      if (!/^\+(ACK|TERM)/.test(message.string())) return false
      acks.add(subject)
      noteHeard(subject)
    } else if (subject.startsWith('_INBOX.')) {
      noteAnswer(message)
      return questions.has(subject)
    } else if (streamOf(subject)) noteSaid(message)
    else if (reply.startsWith('_INBOX.')) {
      noteQuestion(message, reply)
      return questions.has(reply)
    } else return false
    return true
  }

  const subscription = connection.subscribe('>', {
    callback: (_, message) => {
      if (note(message)) seen = performance.now()
    },
  })
  await connection.flush()
  return {
    said,
    get asked() {
      return asked
    },
    forget: () => {
      said.clear()
      asked = []
      for (const halves of [questions, answers, deliveries, acks]) halves.clear()
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
