// Streams and consumers that are not there are made again. The history goes on where the index knows it to end: no place is given twice.
import { consumerSettings } from '@deliveryflow/contracts'
import { reach } from '@deliveryflow/kit/history/places'
import { found, type Provisioned, provision } from '@deliveryflow/kit/messaging/provision'
import { type JetStreamManager, jetstreamManager, type StreamState } from '@nats-io/jetstream'
import { connectionOf } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { lastIndexed } from './store.ts'

/** `began_anew`: EVENTS is there, and gives places anew. */
export type StreamsState = { missing: string[]; began_anew: boolean; history_ends: number }

/** How the streams stand. */
export const streamsState = async (target: Target, names: readonly string[]): Promise<StreamsState> => {
  const manager = await jetstreamManager(await connectionOf(target), { checkAPI: false })
  const [{ last } = { last: null }] = await withDatabase(target, 'audit', (db) => reach(db))
  const infos = await Promise.all(names.map((name) => infoOf(manager, name)))
  const missing = names.filter((_, at) => !infos[at])
  const events = infos[names.indexOf('EVENTS')]
  const began_anew = events ? await hasBegunAnew(target, manager, events.state, last ?? 0) : false
  return { missing, began_anew, history_ends: last ?? 0 }
}

/** Whether EVENTS gives places that the history has given already: it has come less far, or holds something else where both have a record. */
const hasBegunAnew = async (
  target: Target,
  { direct }: JetStreamManager,
  { first_seq, last_seq }: Pick<StreamState, 'first_seq' | 'last_seq'>,
  history_ends: number,
): Promise<boolean> => {
  if (last_seq < history_ends) return true
  const [indexed] = await withDatabase(target, 'audit', (db) => lastIndexed(db, first_seq, last_seq))
  if (!indexed) return false
  const message = await direct.getMessage('EVENTS', { seq: indexed.sequence })
  return message !== null && message.header.get('ce-id') !== indexed.id
}

/**
 * Makes what is missing. An EVENTS that began anew is made again: whatever lies in it lies in the outboxes, too. It begins behind all that audit
 * may still have in hand of the one that was lost: not even those places are given twice.
 */
export const mendStreams = async (
  target: Target,
  { began_anew, history_ends }: StreamsState,
): Promise<Provisioned[]> => {
  const connection = await connectionOf(target)
  const manager = await jetstreamManager(connection)
  const replicas = (await target.natsMonitors()).size >= 3 ? 3 : 1
  if (began_anew) await manager.streams.delete('EVENTS')
  return provision(connection, replicas, { first: { EVENTS: history_ends + consumerSettings.max_ack_pending + 1 } })
}

const infoOf = async (manager: JetStreamManager, name: string) => {
  try {
    return await found(manager.streams.info(name))
  } catch (error) {
    throw new Failure('unhealthy', `The stream ${name} does not answer`, {
      why: reasonOf(error),
      next: 'See dfctl check: NATS must have its quorum first.',
      cause: error,
    })
  }
}
