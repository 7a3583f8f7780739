// What every handler of operations shares: what it is given, and what NATS says, asked once for all.
import type { topology } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, Unavailable } from '@deliveryflow/kit'
import { readStreams, type StreamReading } from '@deliveryflow/kit/messaging/streams'
import { reasonOf } from '@deliveryflow/kit/reason'
import { type Instance, readInstances } from '@deliveryflow/kit/rpc/instances'
import type { NatsConnection } from '@nats-io/transport-node'
import { type ConsumerSamples, consumerSamples } from './samples.ts'
import { sharedReading } from './shared-reading.ts'

/** What NATS says, asked once for all who want to know at about the same time. Throw Unavailable while it does not answer. */
type Readings = {
  instances(connection: NatsConnection): Promise<Instance[]>
  streams(connection: NatsConnection): Promise<{ read_at: Date; streams: StreamReading[] }>
  samples: ConsumerSamples
}

export const openReadings = async (): Promise<{ resources: Readings }> => ({
  resources: {
    instances: sharedReading(1000, answered('The services API', readInstances)),
    streams: sharedReading(
      2000,
      answered('JetStream', async (connection) => ({ streams: await readStreams(connection), read_at: new Date() })),
    ),
    samples: consumerSamples(),
  },
})

const answered =
  <Reading>(who: string, read: (connection: NatsConnection) => Promise<Reading>) =>
  async (connection: NatsConnection): Promise<Reading> => {
    try {
      return await read(connection)
    } catch (cause) {
      throw new Unavailable(`${who} does not answer: ${reasonOf(cause)}.`, { cause })
    }
  }

export type OperationsContext = Context<typeof topology.operations, unknown, Readings>
export type Answer<R> = AnswerOf<R, OperationsContext>
