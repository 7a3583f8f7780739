// What every handler of operations shares: what it is given, and the answer to whoever is no administrator.
import type { topology } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, reject } from '@deliveryflow/kit'
import { type Instance, readInstances } from '@deliveryflow/kit/rpc/instances'
import type { NatsConnection } from '@nats-io/transport-node'
import { type StreamSampler, streamSampler } from './sampler.ts'
import { sharedReading } from './shared-reading.ts'

/** What is read of NATS for all who ask at about the same time. */
type Readings = { sampler: StreamSampler; instances(connection: NatsConnection): Promise<Instance[]> }

export const openReadings = async (): Promise<{ resources: Readings }> => ({
  resources: { sampler: streamSampler(), instances: sharedReading(1000, readInstances) },
})

export type OperationsContext = Context<typeof topology.operations, unknown, Readings>
export type Answer<R> = AnswerOf<R, OperationsContext>

export const forbidden = () => reject('forbidden', 'This is for administrators.')
