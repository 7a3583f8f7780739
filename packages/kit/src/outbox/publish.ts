// Puts messages into their stream: in atomic batches where more than one waits, one by one after an unknown outcome.
import type { JetStreamClient } from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/transport-node'
import { headersOf } from '../messaging/headers.ts'

/** A message as the stream takes it. `aggregate` names what must stay in order. */
export type Publishable = {
  readonly subject: string
  readonly aggregate: string
  readonly headers: Readonly<Record<string, string>>
  readonly data: string
}

export type Published<P> = { readonly stored: P[]; readonly failures: unknown[] }

/** The server takes at most 1,000 messages in one atomic batch (ADR-50). */
const batchLimit = 500
const timeout = 5000

/**
 * Publishes in the given order and says which messages the stream is known to hold. A message that did not get through
 * holds back those of its aggregate behind it; the others go on. Storing again what is stored already is no error: the
 * stream recognises the Nats-Msg-Id.
 */
export const publish = async <P extends Publishable>(
  js: JetStreamClient,
  messages: readonly P[],
): Promise<Published<P>> => {
  const stored: P[] = []
  const failures: unknown[] = []
  const streams = Map.groupBy(messages, ({ subject }) => subject.slice(0, subject.indexOf('.')))
  await Promise.all(
    [...streams.values()].map(async (waiting) => {
      for (let start = 0; start < waiting.length; start += batchLimit) {
        const slice = waiting.slice(start, start + batchLimit)
        const result = (await atomically(js, slice)) ? { stored: slice, failures: [] } : await oneByOne(js, slice)
        stored.push(...result.stored)
        failures.push(...result.failures)
        if (result.failures.length > 0) return
      }
    }),
  )
  return { stored, failures }
}

/** One atomic batch: all or nothing. False when the outcome is a refusal (a duplicate among them) or is not known. */
const atomically = async (js: JetStreamClient, messages: readonly Publishable[]): Promise<boolean> => {
  const [first, ...rest] = messages
  const last = rest.pop()
  if (first === undefined || last === undefined) return false
  try {
    const batch = await js.startBatch(first.subject, first.data, { headers: wireHeaders(first), timeout })
    for (const message of rest) batch.add(message.subject, message.data, { headers: wireHeaders(message) })
    await batch.commit(last.subject, last.data, { headers: wireHeaders(last), timeout })
    return true
  } catch {
    return false
  }
}

/** Pipelined across aggregates, in turn within each. */
const oneByOne = async <P extends Publishable>(js: JetStreamClient, messages: readonly P[]): Promise<Published<P>> => {
  const stored: P[] = []
  const failures: unknown[] = []
  await Promise.all(
    [...Map.groupBy(messages, ({ aggregate }) => aggregate).values()].map(async (chain) => {
      try {
        for (const message of chain) {
          await js.publish(message.subject, message.data, { headers: wireHeaders(message), timeout })
          stored.push(message)
        }
      } catch (error) {
        failures.push(error)
      }
    }),
  )
  return { stored, failures }
}

const wireHeaders = ({ headers }: Publishable): MsgHdrs => headersOf(Object.entries(headers))
