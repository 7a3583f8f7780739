// Carries committed messages from the outbox into their streams: at once after a commit, and by a poll for what a crash left.
//
// A run takes the database's turn (an advisory lock), reads the oldest pending messages, publishes them, and deletes the
// pending marks of those the stream holds. The turn makes the order of an aggregate hold across processes; a relay that
// hangs loses its turn when PostgreSQL ends its idle transaction. The delete commits without waiting for the disk: losing
// it publishes again, and the stream drops the duplicate.
//
// Not chosen: a cursor on a sequence (skips what commits late), a cursor on transaction ids below the snapshot's xmin (no
// loss, but any long transaction of the whole PostgreSQL instance holds every event back).
import type { JetStreamClient } from '@nats-io/jetstream'
import { rest } from '../messaging/rest.ts'
import { type Database, openDatabase } from '../postgres/database.ts'
import type { Queryable } from '../postgres/statement.ts'
import type { Log } from '../telemetry/log.ts'
import { messagesPublished } from '../telemetry/metrics.ts'
import { publish } from './publish.ts'
import { deletePending, type PendingRow, selectPending, takeTurn } from './store.ts'

export type RelayOptions = {
  database_url: string
  service: string
  js: JetStreamClient
  log: Log
  poll_ms: number
}

export type Relay = {
  /** Says that something was committed. Returns at once. */
  kick(): void
  /** Publishes what is pending, then stops. */
  stop(): Promise<void>
}

const batchSize = 500

/** The relay's connection: planned for a tiny pending table, no wait for the disk, ended when it hangs. */
const connectionOptions =
  '-c synchronous_commit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c idle_in_transaction_session_timeout=15s'

/** Starts the relay of one service. */
export const startRelay = (options: RelayOptions): Relay => {
  const { service, log, poll_ms } = options
  const db = openDatabase(
    { url: options.database_url, application_name: `${service}-relay`, max: 1, options: connectionOptions },
    log,
  )
  let kicked = false
  let stopping = false
  let running: Promise<void> | undefined

  const run = async () => {
    try {
      do {
        kicked = false
        while ((await drain(db, options)) === batchSize);
        if (!stopping) await rest()
      } while (kicked)
    } catch (error) {
      log.warn({ err: error }, 'the outbox could not be published; it is tried again')
    } finally {
      running = undefined
      if (kicked && !stopping) start()
    }
  }
  const start = () => {
    running ??= run()
  }
  const timer = setInterval(start, poll_ms)
  start()

  return {
    kick: () => {
      kicked = true
      if (!stopping) start()
    },
    stop: async () => {
      stopping = true
      clearInterval(timer)
      await running
      await run()
      await db.end()
    },
  }
}

/** One turn; how many messages were found pending. Throws when not all of them got through. */
const drain = async (db: Database, { js, log, service }: RelayOptions): Promise<number> => {
  const client = await db.connect()
  const query: Queryable = { query: (statement) => client.query(statement) }
  let broken: Error | undefined
  try {
    // One round trip; each statement sees what was committed when it runs, so the select comes after the turn was taken.
    const [, , pending] = await Promise.all([client.query('begin'), takeTurn(query), selectPending(query, batchSize)])
    const { stored, failures } = await publish(js, pending.map(publishable))
    const forget =
      stored.length > 0
        ? deletePending(
            query,
            stored.map(({ position }) => position),
          )
        : undefined
    await Promise.all([forget, client.query('commit')])
    messagesPublished.add(stored.length, { service })
    if (failures.length > 0) {
      log.debug({ pending: pending.length, stored: stored.length }, 'not all messages got through')
      throw new Error(`${pending.length - stored.length} messages wait in the outbox`, { cause: failures[0] })
    }
    return pending.length
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const publishable = ({ position, subject, aggregate, headers, data }: PendingRow) => ({
  position,
  subject,
  aggregate,
  headers: JSON.parse(headers) satisfies Record<string, string>,
  data,
})
