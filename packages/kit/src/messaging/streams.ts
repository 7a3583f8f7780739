// How the streams and their consumers are, as their leaders say. Reads only.
import { consumersOf, type StreamSettings, services, streams } from '@deliveryflow/contracts'
import { type ConsumerInfo, JetStreamApiError, jetstreamManager, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { reasonOf } from '../reason.ts'

/** A stream of the contracts or of somebody else. `info` is null when it is not there or cannot be read: `reason` says which. */
export type StreamReading = {
  name: string
  contract: StreamSettings | null
  info: StreamInfo | null
  reason: string | null
  consumers: ConsumerReading[]
}

export type ConsumerReading = { name: string; stream: string; info: ConsumerInfo | null; reason: string | null }

/** Every stream that there is or should be, with its consumers. Throws when JetStream as a whole does not answer. */
export const readStreams = async (connection: NatsConnection): Promise<StreamReading[]> => {
  // The names are the meta leader's own knowledge; infos come from each stream's leader, which one may lack.
  const manager = await jetstreamManager(connection, { timeout: 6000, checkAPI: false })
  const present: string[] = []
  for await (const name of manager.streams.names()) present.push(name)
  const names = [...new Set([...streams.map(({ name }) => name as string), ...present])]
  const expected = services.flatMap(consumersOf)
  return Promise.all(
    names.map(async (name): Promise<StreamReading> => {
      const contract = streams.find((stream) => stream.name === name) ?? null
      const durables = expected.filter(({ stream }) => stream === name).map(({ durable }) => durable)
      const { info, reason } = await read(
        manager.streams.info(name, name === 'DLQ' ? { subjects_filter: '>' } : undefined),
        'it does not exist',
      )
      if (!info) return { name, contract, info, reason, consumers: [] }
      const listed = new Map<string, ConsumerInfo>()
      for await (const consumer of manager.consumers.list(name)) listed.set(consumer.name, consumer)
      const consumers = await Promise.all(
        [...new Set([...durables, ...listed.keys()])].map(async (durable): Promise<ConsumerReading> => {
          const known = listed.get(durable)
          // One that is not in the list may exist without a leader: asking for it tells.
          const answer = known
            ? { info: known, reason: null }
            : await read(manager.consumers.info(name, durable), 'it does not exist')
          return { name: durable, stream: name, ...answer }
        }),
      )
      return { name, contract, info, reason, consumers }
    }),
  )
}

/** How many copies there are of a stream, and how many of them hold all of it. */
export const copiesOf = ({ cluster }: StreamInfo): { all: number; current: number } => {
  const others = cluster?.replicas ?? []
  return { all: others.length + 1, current: others.filter(({ current, offline }) => current && !offline).length + 1 }
}

/** When a consumer last delivered, as the server writes it; null before the first delivery. */
export const lastActiveOf = ({ delivered }: ConsumerInfo): string | null => {
  // The client's types say nanoseconds; the server sends a time, and none before the first delivery.
  const active = delivered.last_active as string | number | undefined
  return typeof active === 'string' ? active : null
}

const read = async <T>(answer: Promise<T>, missing: string): Promise<{ info: T | null; reason: string | null }> => {
  try {
    return { info: await answer, reason: null }
  } catch (error) {
    const absent = error instanceof JetStreamApiError && error.apiError().code === 404
    return { info: null, reason: absent ? missing : `it has no leader (${reasonOf(error)})` }
  }
}
