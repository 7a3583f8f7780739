// How far each consumer was behind over the last minutes. In memory: each instance knows what it has seen itself, and a new one begins anew.
import type { ConsumerReading } from '@deliveryflow/kit/messaging/streams'

/** At a time: what was not delivered or in hand, and up to which place of the stream all was done. */
export type Sample = [time: string, waiting: number, acknowledged_sequence: number]

export type ConsumerSamples = {
  /** Keeps a sample of each consumer that could be read; those that are older than ten minutes by then are forgotten. */
  keep(consumers: readonly ConsumerReading[], at: Date): void
  /** The samples of a consumer after a moment, the oldest first. */
  of(stream: string, consumer: string, after?: string): Sample[]
}

const kept_ms = 10 * 60_000

/** Starts with none. */
export const consumerSamples = (): ConsumerSamples => {
  const kept = new Map<string, Sample[]>()
  return {
    keep: (consumers, at) => {
      const oldest = new Date(at.getTime() - kept_ms).toISOString()
      for (const [key, samples] of kept) {
        const rest = samples.filter(([time]) => time >= oldest)
        if (rest.length > 0) kept.set(key, rest)
        else kept.delete(key)
      }
      for (const { stream, name, info } of consumers) {
        if (!info) continue
        const sample: Sample = [at.toISOString(), info.num_pending + info.num_ack_pending, info.ack_floor.stream_seq]
        kept.set(keyOf(stream, name), [...(kept.get(keyOf(stream, name)) ?? []), sample])
      }
    },
    of: (stream, consumer, after = '') => (kept.get(keyOf(stream, consumer)) ?? []).filter(([time]) => time > after),
  }
}

const keyOf = (stream: string, consumer: string) => `${stream}/${consumer}`
