// How a service takes its messages, in the one way of three that it chose: as records, in batches, or each alone. Its consumers take them so,
// and so does a message that is given back to it by hand.
import type { ConsumerContract, MessageContract } from '@deliveryflow/contracts'
import { recordOf } from '../history/record.ts'
import {
  byContract,
  type ConsumerOptions,
  type Raw,
  type RunningConsumer,
  startConsumer,
} from '../messaging/consumer.ts'
import type { Transact } from '../postgres/transaction.ts'
import { foldsOf, type Service } from './define.ts'
import { batchHandler, eachHandler, recordsHandler } from './handle.ts'

type Place = Pick<ConsumerOptions<never>, 'js' | 'log' | 'linger_ms'>
type Sizes = { CONSUMER_BATCH: number; CONSUMER_CONCURRENCY: number }

/** `listen` takes what its consumer is given; `handle` one message, and rejects with what is wrong with it. */
export type Way = {
  listen(place: Place, sizes: Sizes): RunningConsumer
  handle(raw: Raw): Promise<void>
}

/** Throws when the service has no handler for a message, or mixes ways on one stream. `transaction`: where it has a database. */
export const wayOf = (
  { topology, parts }: Service,
  contract: ConsumerContract,
  context: object,
  transaction: Transact | undefined,
): Way => {
  const projection = parts.projection !== undefined
  if (parts.records)
    return way(contract, recordOf, recordsHandler(contract, parts.records, context, transaction, { projection }))
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
  return alone > 0
    ? way(contract, read, eachHandler(parts.hears, context), 'alone')
    : way(contract, read, batchHandler(contract, parts.hears, context, transaction, foldsOf(parts)))
}

const way = <T>(
  contract: ConsumerContract,
  read: (raw: Raw) => T,
  handle: (messages: T[]) => Promise<void>,
  company: 'alone' | 'batch' = 'batch',
): Way => ({
  listen: (place, { CONSUMER_BATCH, CONSUMER_CONCURRENCY }) => {
    const [batch, concurrency] = company === 'alone' ? [1, CONSUMER_CONCURRENCY] : [CONSUMER_BATCH, 1]
    return startConsumer({ ...place, contract, read, handle, batch, concurrency })
  },
  handle: async (raw) => handle([read(raw)]),
})
