// How the streams are now, and how far each consumer was behind over the last minutes: in memory, so each instance knows what it has seen itself.
import { Unavailable } from '@deliveryflow/kit'
import { readStreams, type StreamReading } from '@deliveryflow/kit/messaging/streams'
import { reasonOf } from '@deliveryflow/kit/reason'
import type { NatsConnection } from '@nats-io/transport-node'
import { sharedReading } from './shared-reading.ts'

/** At a time: what was not delivered or in hand, and up to which place of the stream all was done. */
export type Sample = [time: string, waiting: number, acknowledged_sequence: number]

export type StreamSampler = {
  /** The streams as they were at most two seconds ago. Throws Unavailable while JetStream does not answer. */
  latest(connection: NatsConnection): Promise<{ read_at: Date; streams: StreamReading[] }>
  /** Reads, and keeps a sample of each consumer for ten minutes. */
  sample(connection: NatsConnection): Promise<void>
  /** The samples of a consumer after a moment, the oldest first. */
  samplesOf(stream: string, consumer: string, after?: string): Sample[]
}

const fresh_ms = 2000
const kept_ms = 10 * 60_000

/** A sampler that has seen nothing yet. */
export const streamSampler = (): StreamSampler => {
  const kept = new Map<string, Sample[]>()
  const latest = sharedReading(fresh_ms, async (connection: NatsConnection) => {
    try {
      return { streams: await readStreams(connection), read_at: new Date() }
    } catch (cause) {
      throw new Unavailable(`JetStream does not answer: ${reasonOf(cause)}.`, { cause })
    }
  })
  return {
    latest,
    sample: async (connection) => {
      const { streams, read_at } = await latest(connection)
      const time = read_at.toISOString()
      for (const { name, info } of streams.flatMap(({ consumers }) => consumers.map((consumer) => keyed(consumer)))) {
        if (!info || kept.get(name)?.at(-1)?.[0] === time) continue
        const sample: Sample = [time, info.num_pending + info.num_ack_pending, info.ack_floor.stream_seq]
        kept.set(name, [...(kept.get(name) ?? []), sample])
      }
      const oldest = new Date(read_at.getTime() - kept_ms).toISOString()
      for (const [name, samples] of kept) {
        const rest = samples.filter(([at]) => at > oldest)
        if (rest.length > 0) kept.set(name, rest)
        else kept.delete(name)
      }
    },
    samplesOf: (stream, consumer, after = '') =>
      (kept.get(`${stream}/${consumer}`) ?? []).filter(([time]) => time > after),
  }
}

const keyed = ({ stream, name, info }: StreamReading['consumers'][number]) => ({ name: `${stream}/${name}`, info })
