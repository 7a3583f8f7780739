// Carries the messages embedded in documents into their streams: at once after an insert, and by a poll for what a crash left.
//
// Any number of processes may run it on one collection: what two of them publish at the same time the stream drops as a
// duplicate, by its Nats-Msg-Id. So it takes no turns, as the relay of PostgreSQL must.
import { setTimeout as sleep } from 'node:timers/promises'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { Collection } from 'mongodb'
import { publish } from '../outbox/publish.ts'
import type { Relay } from '../outbox/relay.ts'
import type { Log } from '../telemetry/log.ts'
import type { Carrier } from './outbox.ts'

export type EmbeddedRelayOptions = { js: JetStreamClient; log: Log; poll_ms: number }

const batchSize = 500

/** Starts the relay of one collection. */
export const startEmbeddedRelay = (
  collection: () => Promise<Collection<Carrier>>,
  { js, log, poll_ms }: EmbeddedRelayOptions,
): Relay => {
  const stopped = new AbortController()
  let kicked = Promise.withResolvers<void>()

  const drainAll = async () => {
    try {
      while ((await drain(await collection(), js)) === batchSize);
    } catch (error) {
      log.warn({ err: error }, 'the outbox could not be published; it is tried again')
    }
  }
  const run = async () => {
    while (!stopped.signal.aborted) {
      // Renewed before the search: an insert during it is searched for again.
      kicked = Promise.withResolvers()
      await drainAll()
      const waiting = new AbortController()
      const poll = sleep(poll_ms, undefined, { signal: waiting.signal }).catch(() => undefined)
      await Promise.race([poll, kicked.promise])
      waiting.abort()
    }
    await drainAll()
  }
  const running = run()

  return {
    kick: () => kicked.resolve(),
    stop: async () => {
      stopped.abort()
      kicked.resolve()
      await running
    },
  }
}

/** Publishes the oldest pending documents; how many were found. Throws when not all of them got through. */
const drain = async (collection: Collection<Carrier>, js: JetStreamClient): Promise<number> => {
  // Only strings are greater than the empty string: documents without the mark are not in this range of the index.
  const pending = await collection
    .find({ outbox_pending: { $gt: '' } })
    .sort({ outbox_pending: 1 })
    .limit(batchSize)
    .project<Carrier>({ outbox: 1, outbox_pending: 1 })
    .toArray()
  if (pending.length === 0) return 0
  const messages = pending.flatMap(({ outbox }) => outbox)
  const { stored, failures } = await publish(js, messages)
  const held = new Set(stored.map(({ id }) => id))
  const done = pending.filter(({ outbox }) => outbox.every(({ id }) => held.has(id)))
  if (done.length > 0) {
    const marks = done.flatMap(({ outbox_pending }) => outbox_pending ?? [])
    await collection.updateMany({ outbox_pending: { $in: marks } }, { $unset: { outbox_pending: '' } })
  }
  if (failures.length > 0) {
    throw new Error(`${pending.length - done.length} documents wait with their messages`, { cause: failures[0] })
  }
  return pending.length
}
