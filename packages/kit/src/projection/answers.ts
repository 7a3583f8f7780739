// What a service answers whose state can be built anew: checked at its start, not hoped for.
import { type ConsumerContract, type RpcContract, replayTo, tendProjection } from '@deliveryflow/contracts'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { byContract } from '../messaging/consumer.ts'
import type { Database } from '../postgres/database.ts'
import type { Transact } from '../postgres/transaction.ts'
import type { Answer } from '../rpc/server.ts'
import { foldsOf, type Service } from '../service/define.ts'
import { projectorOf } from '../service/handle.ts'
import { replayAnswer } from './replay.ts'
import { tendAnswer } from './shadow.ts'

type Place = {
  readonly contract: ConsumerContract | undefined
  readonly connection: NatsConnection
  readonly db: Database | undefined
  readonly transaction: Transact | undefined
  readonly context: object
}

/**
 * The answers by their subjects; none for a service that is no projection. Throws for one that could do something else than fold: it
 * would move money or send letters a second time.
 */
export const projectionAnswers = (
  { topology, parts }: Service,
  { contract, connection, db, transaction, context }: Place,
): ReadonlyMap<RpcContract['subject'], Answer> => {
  if (!parts.projection) return new Map()
  const folds = foldsOf(parts) ?? {}
  const external = Object.entries(folds).filter(([, { effects }]) => effects !== 'none')
  if (external.length > 0 || !contract || !db || !transaction)
    throw new Error(
      `${topology.name} cannot be built anew from the history: ${external.map(([type]) => type).join(', ') || 'it'} reaches the world outside, or it has no database.`,
    )
  const heard = new Set(topology.hears.map(({ subject }) => subject))
  const read = byContract(topology.name, topology.hears)
  const { tables, carryOver } = parts.projection
  const tend = tendAnswer({
    ...{ tables, db, transaction, carryOver },
    delivered: async () => {
      const manager = await jetstreamManager(connection, { checkAPI: false })
      const { delivered } = await manager.consumers.info(contract.stream, contract.durable)
      return delivered.stream_seq
    },
  })
  const take = replayAnswer({
    transaction,
    project: projectorOf(folds, context),
    read: (raw) => (heard.has(raw.subject as `events.${string}`) ? read(raw) : null),
  })
  // Parsed by their contracts before they come here.
  return new Map<RpcContract['subject'], Answer>([
    [tendProjection(topology.name).subject, (input) => tend(input as Parameters<typeof tend>[0])],
    [replayTo(topology.name).subject, (input) => take(input as Parameters<typeof take>[0])],
  ])
}
