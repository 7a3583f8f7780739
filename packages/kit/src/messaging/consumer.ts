// Pulls messages of one durable consumer and sees each to its end: handled and acknowledged, tried again later, or buried.
//
// A message is in one of three states. Waiting: delivered and not begun (pull.ts). In hand: part of the batch that is being
// handled. Then it is settled: acknowledged after the commit, sent back with a delay, or buried and terminated. While it waits or is
// in hand the server is told every third of the ack wait that work goes on, so a slow database causes no redelivery.
//
// A failing batch is halved until the poison stands alone; all others are handled. When the database itself is away the
// batch is not judged: it stays in hand and is tried until the database is back.
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConsumerContract, consumerSettings, type MessageContract } from '@deliveryflow/contracts'
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream'
import { isConnectionError, Terminal } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'
import { messagesHandled } from '../telemetry/metrics.ts'
import { bury } from './dead-letter.ts'
import { decode, type Message } from './envelope.ts'
import { gathered, inOrder, sideBySide } from './pull.ts'
import { backoff, maxAttempts } from './retry.ts'

/** What a reader may know of a message: what it is, where it lies, and how often it was delivered. */
export type Raw = Pick<JsMsg, 'subject' | 'headers' | 'data' | 'seq' | 'time'> & {
  readonly info: { readonly deliveryCount: number }
}

export type ConsumerOptions<T> = {
  readonly contract: ConsumerContract
  readonly js: JetStreamClient
  readonly log: Log
  /** What a message is to `handle`. Throws `Terminal` for what can never be read: it becomes a dead letter. */
  read(raw: Raw): T
  /** Handles a batch as a whole: either all of it took effect when the promise resolves, or none when it rejects. */
  handle(messages: T[]): Promise<void>
  /** How many messages one batch holds at most. */
  readonly batch: number
  /** Milliseconds a message may wait for company before it is pulled; 0 takes each as it comes. */
  readonly linger_ms: number
  /** How many batches are in hand at once. More than one gives up the order between them. */
  readonly concurrency: number
}

export type RunningConsumer = { stop(): Promise<void> }

type Delivery<T> = { readonly raw: JsMsg; readonly message: T }

/** Milliseconds that acks wait for each other; far below the ack wait. */
const ackDelay = 100

/** Reads messages by the contracts of their subjects. */
export const byContract = (service: string, hears: readonly MessageContract[]) => {
  const bySubject = new Map(hears.map((message) => [message.subject, message]))
  return (raw: Raw): Message => {
    const expected = bySubject.get(raw.subject)
    if (!expected) throw new Terminal(`${service} does not hear ${raw.subject}.`)
    return decode(expected, raw)
  }
}

/** Starts consuming. Keeps trying when the consumer is not there (yet) and says so in the log. */
export const startConsumer = <T>(options: ConsumerOptions<T>): RunningConsumer => {
  const { contract, js, log, batch, concurrency } = options
  const unsettled = new Set<JsMsg>()
  const stopped = new AbortController()

  // Acks go out together: the server replicates and syncs those that arrive at once as one entry. One that a crash keeps
  // back costs a redelivery, which the inbox recognises.
  const handled: JsMsg[] = []
  let acknowledging: NodeJS.Timeout | undefined
  const acknowledge = () => {
    clearTimeout(acknowledging)
    acknowledging = undefined
    for (const raw of handled.splice(0)) settle(raw, 'handled', () => raw.ack())
  }
  const acknowledgeSoon = (raws: JsMsg[]) => {
    handled.push(...raws)
    acknowledging ??= setTimeout(acknowledge, ackDelay)
  }

  const settle = (raw: JsMsg, how: 'handled' | 'retried' | 'buried', act: () => void) => {
    unsettled.delete(raw)
    act()
    messagesHandled.add(1, { service: contract.service, stream: contract.stream, outcome: how })
  }

  const fail = async (raw: JsMsg, error: unknown) => {
    const attempt = raw.info.deliveryCount
    const hopeless = error instanceof Terminal || (attempt >= maxAttempts && !isConnectionError(error))
    const about = { err: error, subject: raw.subject, sequence: raw.seq, attempt }
    if (hopeless) {
      try {
        await bury(js, contract, raw, error)
        log.error(about, 'a message was put among the dead letters')
        return settle(raw, 'buried', () => undefined)
      } catch (cause) {
        log.error({ ...about, cause }, 'a dead letter could not be stored; the message stays in its stream')
      }
    } else log.warn(about, 'a message failed; it is tried again')
    settle(raw, 'retried', () => raw.nak(backoff(attempt)))
  }

  const handle = async (deliveries: Delivery<T>[]): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await options.handle(deliveries.map(({ message }) => message))
        return acknowledgeSoon(deliveries.map(({ raw }) => raw))
      } catch (error) {
        if (isConnectionError(error) && concurrency === 1 && !stopped.signal.aborted) {
          log.warn({ err: error, waiting: deliveries.length }, 'a dependency is away; the messages wait in hand')
          await sleep(Math.min(backoff(attempt), 5000), undefined, { signal: stopped.signal }).catch(() => undefined)
          continue
        }
        const [first] = deliveries
        if (deliveries.length === 1 && first) return fail(first.raw, error)
        const middle = Math.ceil(deliveries.length / 2)
        await handle(deliveries.slice(0, middle))
        return handle(deliveries.slice(middle))
      }
    }
  }

  const accept = async (raws: JsMsg[]) => {
    const deliveries: Delivery<T>[] = []
    for (const raw of raws) {
      try {
        deliveries.push({ raw, message: options.read(raw) })
      } catch (error) {
        await fail(raw, error)
      }
    }
    if (deliveries.length > 0) await handle(deliveries)
  }

  const heartbeat = setInterval(() => {
    for (const raw of unsettled) raw.working()
  }, consumerSettings.ack_wait_ms / 3)

  const source = { js, contract, stopped: stopped.signal, unsettled, log }
  const { linger_ms } = options
  const running =
    concurrency > 1
      ? sideBySide(source, concurrency, linger_ms, accept)
      : linger_ms > 0
        ? gathered(source, batch, linger_ms, accept)
        : inOrder(source, batch, accept)

  return {
    stop: async () => {
      stopped.abort()
      await running
      acknowledge()
      clearInterval(heartbeat)
      for (const raw of unsettled) raw.nak()
    },
  }
}
