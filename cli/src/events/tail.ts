// Reads the history from a place on and goes on with what happens. It keeps no state on the servers and moves nobody's consumer.
import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JsMsg,
  jetstream,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import { connectionOf } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { say } from '../terminal.ts'
import { objectOf } from '../values.ts'

const stream = 'EVENTS'

/** An event as it lies in the stream; `data` is what its JSON says, or the text where it is none. */
export type Tailed = {
  sequence: number
  time: string
  type: string
  id: string
  source: string
  aggregate: string
  correlation_id: string
  causation_id: string | null
  data: Record<string, unknown>
}

export type TailOptions = {
  /** Subjects of the stream EVENTS. */
  subjects: readonly string[]
  /** Where to begin; at what is new when nothing is said. */
  since?: Date
  from_sequence?: number
  /** Ends the tail. */
  stop: AbortSignal
  wanted(event: Tailed): boolean
}

/**
 * The events that are wanted, in the order of the history, each once: whenever the connection was lost it begins again behind the last one
 * that came, and an ordered consumer does so when a server is.
 */
export async function* tail(target: Target, options: TailOptions): AsyncGenerator<Tailed> {
  const { stop, wanted } = options
  const connection = await connectionOf(target)
  const js = jetstream(connection)
  let messages: ConsumerMessages | undefined
  let ended = false
  void (async () => {
    for await (const { type } of connection.status()) {
      if (ended) return
      if (type === 'disconnect') say('The connection to NATS was lost; it is tried again.')
      if (type === 'reconnect') {
        say('Connected to NATS again.')
        // Its pull may have gone with the connection, and nobody would miss it.
        messages?.stop()
      }
    }
  })()
  stop.addEventListener('abort', () => messages?.stop(), { once: true })
  let begin = await beginning(js, options).catch(unreadable)
  try {
    while (!stop.aborted) {
      const consumer = await js.consumers
        .get(stream, { filter_subjects: [...options.subjects], ...begin })
        .catch(unreadable)
      try {
        messages = await consumer.consume({ max_messages: 500, expires: 5000 })
        if (stop.aborted) messages.stop()
        for await (const message of messages) {
          begin = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: message.seq + 1 }
          const event = tailedOf(message)
          if (wanted(event)) yield event
        }
      } finally {
        // Else the server would keep it until it has been idle for a while.
        await consumer.delete().catch(() => undefined)
      }
    }
  } finally {
    ended = true
    messages?.stop()
  }
}

const unreadable = (error: unknown): never => {
  throw new Failure('unhealthy', `The stream ${stream} cannot be read`, {
    why: reasonOf(error),
    next: 'See dfctl streams and dfctl check.',
    cause: error,
  })
}

const beginning = async (
  js: JetStreamClient,
  { since, from_sequence }: TailOptions,
): Promise<Partial<OrderedConsumerOptions>> => {
  const { StartSequence, StartTime } = DeliverPolicy
  if (from_sequence !== undefined) return { deliver_policy: StartSequence, opt_start_seq: from_sequence }
  if (since !== undefined) return { deliver_policy: StartTime, opt_start_time: since.toISOString() }
  // Not DeliverPolicy.New: a consumer that begins again before its first message would take a later moment for new.
  const { state } = await (await js.jetstreamManager(false)).streams.info(stream)
  return { deliver_policy: StartSequence, opt_start_seq: state.last_seq + 1 }
}

/** What a message of the stream is. Reads leniently: what services would refuse is just what an operator wants to see. */
export const tailedOf = ({
  seq,
  time,
  subject,
  headers,
  data,
}: Pick<JsMsg, 'seq' | 'time' | 'subject' | 'headers' | 'data'>): Tailed => ({
  sequence: seq,
  time: headers?.get('ce-time') || time.toISOString(),
  type: headers?.get('ce-type') || subject.replace(/^events\./, ''),
  id: headers?.get('ce-id') ?? '',
  source: headers?.get('ce-source') ?? '',
  aggregate: headers?.get('ce-subject') ?? '',
  correlation_id: headers?.get('ce-correlationid') ?? '',
  causation_id: headers?.get('ce-causationid') || null,
  data: dataOf(data),
})

const dataOf = (bytes: Uint8Array): Record<string, unknown> => {
  const text = new TextDecoder().decode(bytes)
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return { unreadable: text }
  }
}
