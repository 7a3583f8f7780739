// Keeps in PostgreSQL how far a durable consumer has come, and puts it back there when the servers have forgotten.
//
// The servers hold the state of these consumers in memory, three copies of it: on disk each delivery and each ack would be
// synced (see docs/decisions/0010). When all three servers end at once the consumer begins the stream anew. Then the inbox recognises
// what it was given before, so nothing happens twice; but new messages would wait behind 30 days of old ones.
import type { ConsumerContract } from '@deliveryflow/contracts'
import type { JetStreamClient } from '@nats-io/jetstream'
import { type Queryable, statement } from '../postgres/statement.ts'
import { repeat } from '../repeat.ts'
import type { Log } from '../telemetry/log.ts'

const interval = 5000

const selectFloor = statement<[consumer: string, created: string], { stream_seq: number }>(
  'ack_floor_select',
  'select stream_seq from messaging.ack_floor where consumer = $1 and consumer_created = $2',
)

const raiseFloor = statement<[consumer: string, created: string, stream_seq: number]>(
  'ack_floor_raise',
  `insert into messaging.ack_floor as kept values ($1, $2, $3)
   on conflict (consumer) do update set consumer_created = excluded.consumer_created, stream_seq = excluded.stream_seq
     where kept.consumer_created <> excluded.consumer_created or kept.stream_seq < excluded.stream_seq`,
)

/**
 * Compares the consumer with what is kept of it: a consumer that came further is noted, one that fell behind is put back
 * behind the last message that is known to be acknowledged with all before it. Throws when either side does not answer.
 */
export const alignAckFloor = async (
  db: Queryable,
  js: JetStreamClient,
  { stream, durable }: ConsumerContract,
): Promise<'kept' | 'restored'> => {
  const consumer = `${stream}/${durable}`
  const manager = await js.jetstreamManager(false)
  const { created, ack_floor } = await manager.consumers.info(stream, durable)
  const [kept] = await selectFloor(db, consumer, created)
  if (kept && ack_floor.stream_seq < kept.stream_seq) {
    await manager.consumers.reset(stream, durable, kept.stream_seq + 1)
    return 'restored'
  }
  if (ack_floor.stream_seq > (kept?.stream_seq ?? 0)) await raiseFloor(db, consumer, created, ack_floor.stream_seq)
  return 'kept'
}

/**
 * Aligns before it resolves, if both sides answer, and every five seconds from then on. `reached`: the last place that the database holds,
 * of a service that keeps the history and enters each place once: what was acknowledged behind it, as after the loss of the database, is
 * asked for again.
 */
export const keepAckFloor = async (
  db: Queryable,
  js: JetStreamClient,
  contract: ConsumerContract,
  log: Log,
  reached?: (db: Queryable) => Promise<number>,
): Promise<{ stop(): Promise<void> }> => {
  const about = { stream: contract.stream, consumer: contract.durable }
  /** As it was at the start: what is entered from then on says nothing of what is missing before it. */
  let held: number | undefined
  let isAsked = reached === undefined
  const askAgain = async () => {
    const manager = await js.jetstreamManager(false)
    // Before the database: another replica enters first and acknowledges then.
    const info = await manager.consumers.info(contract.stream, contract.durable).catch(() => null)
    held ??= await reached?.(db)
    if (!info || held === undefined) return
    isAsked = true
    const acknowledged = info.ack_floor.stream_seq
    if (acknowledged <= held) return
    await manager.consumers.reset(contract.stream, contract.durable, held + 1)
    log.warn({ ...about, held, acknowledged }, 'the database lacks what was acknowledged; it is asked for again')
  }
  const align = async () => {
    try {
      if (!isAsked) await askAgain()
      if ((await alignAckFloor(db, js, contract)) === 'restored')
        log.warn(about, 'the servers had forgotten how far this consumer came; it was put back')
    } catch (error) {
      log.debug({ ...about, err: error }, 'how far this consumer came cannot be told now')
    }
  }
  await align()
  return repeat(interval, async () => {
    await align()
    return interval
  })
}
