// Streams and consumers that are not there are made again. The history goes on where the index knows it to end: no place is given twice.
import { consumerSettings } from '@deliveryflow/contracts'
import { found, type Provisioned, provision } from '@deliveryflow/kit/messaging/provision'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { reach } from '../audit/store.ts'
import { connectionOf } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'

/** `began_anew`: EVENTS is there, and gives places that the history has given already. */
export type StreamsState = { missing: string[]; began_anew: boolean; history_ends: number }

/** How the streams stand. */
export const streamsState = async (target: Target, names: readonly string[]): Promise<StreamsState> => {
  const manager = await jetstreamManager(await connectionOf(target), { checkAPI: false })
  const [{ last } = { last: null }] = await withDatabase(target, 'audit', (db) => reach(db))
  const infos = await Promise.all(names.map((name) => infoOf(manager, name)))
  const missing = names.filter((_, at) => !infos[at])
  const events = infos[names.indexOf('EVENTS')]
  // A stream that keeps its places has given at least those that are in the index.
  return {
    missing,
    began_anew: events !== undefined && events !== null && events.state.last_seq < (last ?? 0),
    history_ends: last ?? 0,
  }
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
  return provision(connection, replicas, { EVENTS: history_ends + consumerSettings.max_ack_pending + 1 })
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
