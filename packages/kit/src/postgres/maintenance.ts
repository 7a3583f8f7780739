// Keeps the messaging tables of a service's database within their retention, beside its work.
import { maintainOutbox, trimInbox } from '../outbox/store.ts'
import { repeat } from '../repeat.ts'
import type { Log } from '../telemetry/log.ts'
import type { Database } from './database.ts'

const hour = 3_600_000
const slice = 10_000

/**
 * Each hour makes the outbox partitions of the coming days, drops those past `retention_days`, and forgets handled messages
 * that no stream can deliver any more. Any number of processes may do so at once; a failure waits for the next hour.
 */
export const startMaintenance = (db: Database, retention_days: number, log: Log): { stop(): Promise<void> } => {
  const maintain = async (stopped: AbortSignal) => {
    await maintainOutbox(db, retention_days)
    while (!stopped.aborted && (await trimInbox(db, retention_days, slice)).length === slice);
  }
  // Not all at the same moment after a deployment.
  return repeat(Math.random() * 60_000, async (stopped) => {
    await maintain(stopped).catch((error: unknown) =>
      log.warn({ err: error }, 'the messaging tables could not be maintained'),
    )
    return hour
  })
}
