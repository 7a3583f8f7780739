// What operators see of the running system: its instances, and its streams with their consumers. What lies in a stream is messages.ts's.
import { type listServices, type listStreams, services as places } from '@deliveryflow/contracts'
import { type Background, repeat } from '@deliveryflow/kit'
import { type ConsumerReading, copiesOf, lastActiveOf, type StreamReading } from '@deliveryflow/kit/messaging/streams'
import type { Instance } from '@deliveryflow/kit/rpc/instances'
import type { Answer, OperationsContext } from './context.ts'

export const services: Answer<typeof listServices> = async (_, { connection, instances }) => {
  const answering = Map.groupBy(await instances(connection), ({ service }) => service)
  return {
    items: places.map(({ name, about }) => ({
      name,
      about,
      instances: (answering.get(name) ?? []).map(instanceView).sort((a, b) => (a.started_at < b.started_at ? -1 : 1)),
    })),
  }
}

const instanceView = ({ id, version, started_at, endpoints }: Instance) => {
  const sum = (of: 'answered' | 'failed' | 'processing_ms') => endpoints.reduce((total, one) => total + one[of], 0)
  const whole = { answered: sum('answered'), failed: sum('failed'), processing_ms: sum('processing_ms') }
  return {
    ...{ id, version, started_at },
    // One that answers no calls has done other things, which it does not count here.
    ...(endpoints.length > 0 ? countsView(whole) : { requests: null, errors: null, average_ms: null }),
    endpoints: endpoints.map(({ subject, ...counts }) => ({ subject, ...countsView(counts) })),
  }
}

const countsView = ({ answered, failed, processing_ms }: Omit<Instance['endpoints'][number], 'subject'>) => ({
  requests: answered,
  errors: failed,
  average_ms: answered > 0 ? Math.round((processing_ms / answered) * 100) / 100 : null,
})

export const streams: Answer<typeof listStreams> = async ({ samples_after }, { connection, streams, samples }) => {
  const { streams: read, read_at } = await streams(connection)
  const after = samples_after && new Date(samples_after).toISOString()
  return {
    read_at: read_at.toISOString(),
    items: read.map((stream) => ({
      ...streamView(stream),
      consumers: stream.consumers.map((consumer) => ({
        ...consumerView(consumer),
        samples: samples.of(stream.name, consumer.name, after),
      })),
    })),
  }
}

/** Milliseconds between two samples. */
const sampleEvery = 5000

/** Starts to keep samples of all consumers. While NATS does not answer there are none. */
export const startSampling = ({ connection, streams, samples, log }: OperationsContext): Background =>
  repeat(0, async () => {
    try {
      const { streams: read, read_at } = await streams(connection)
      samples.keep(
        read.flatMap(({ consumers }) => consumers),
        read_at,
      )
    } catch (error) {
      log.warn({ err: error }, 'the streams could not be read; it is tried again')
    }
    return sampleEvery
  })

const streamView = ({ name, contract, info, reason }: StreamReading) => {
  const about = contract?.about ?? null
  if (!info) return { name, about, problem: reason, state: null }
  const { state, cluster } = info
  const copies = copiesOf(info)
  const timeOf = (time: string) => (state.messages > 0 ? toMilliseconds(time) : null)
  return {
    ...{ name, about, problem: reason },
    state: {
      messages: state.messages,
      bytes: state.bytes,
      first_sequence: state.first_seq,
      first_time: timeOf(state.first_ts),
      last_sequence: state.last_seq,
      last_time: timeOf(state.last_ts),
      replicas: copies.all,
      replicas_current: copies.current,
      leader: cluster?.leader || null,
    },
  }
}

const consumerView = ({ name, info, reason }: ConsumerReading) => {
  if (!info) return { name, problem: reason, state: null }
  const active = lastActiveOf(info)
  return {
    ...{ name, problem: reason },
    state: {
      pending: info.num_pending,
      ack_pending: info.num_ack_pending,
      redelivered: info.num_redelivered,
      acknowledged_sequence: info.ack_floor.stream_seq,
      last_active: active && toMilliseconds(active),
      leader: info.cluster?.leader || null,
    },
  }
}

/** A time of the server, which counts nanoseconds, as ours are. */
const toMilliseconds = (time: string): string => new Date(time).toISOString()
