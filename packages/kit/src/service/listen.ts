// Starts a service's consumers, each in the one way of three that the service takes its messages: as records, in batches, or each alone.
import type { MessageContract } from '@deliveryflow/contracts'
import { recordOf } from '../history/record.ts'
import { byContract, type ConsumerOptions, type RunningConsumer, startConsumer } from '../messaging/consumer.ts'
import type { Transact } from '../postgres/transaction.ts'
import type { Service } from './define.ts'
import { batchHandler, eachHandler, recordsHandler } from './handle.ts'

type Place = Pick<ConsumerOptions<never>, 'contract' | 'js' | 'log' | 'linger_ms'>
type Sizes = { CONSUMER_BATCH: number; CONSUMER_CONCURRENCY: number }

/** Throws when the service has no handler for a message, or mixes ways on one stream. `transaction`: where it has a database. */
export const startListening = (
  { topology, parts }: Service,
  place: Place,
  { CONSUMER_BATCH: batch, CONSUMER_CONCURRENCY: side_by_side }: Sizes,
  context: object,
  transaction: Transact | undefined,
): RunningConsumer => {
  const { contract } = place
  if (parts.records) {
    const handle = recordsHandler(contract, parts.records, context, transaction)
    return startConsumer({ ...place, read: recordOf, handle, batch, concurrency: 1 })
  }
  const hears: readonly MessageContract[] = topology.hears.filter(({ stream }) => stream === contract.stream)
  const alone = hears.filter(({ type, subject }) => {
    const handler = parts.hears[type]
    if (!handler) throw new Error(`${topology.name} has no handler for ${subject}.`)
    return handler.each
  }).length
  if (alone !== 0 && alone !== hears.length) {
    throw new Error(`${topology.name} mixes batch and each handlers on ${contract.stream}; one consumer has one way.`)
  }
  const read = byContract(topology.name, hears)
  if (alone > 0) {
    const handle = eachHandler(parts.hears, context)
    return startConsumer({ ...place, read, handle, batch: 1, concurrency: side_by_side })
  }
  const handle = batchHandler(contract, parts.hears, context, transaction)
  return startConsumer({ ...place, read, handle, batch, concurrency: 1 })
}
