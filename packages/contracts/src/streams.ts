// The JetStream streams and the settings every durable consumer has. A provisioning step makes them; no service does.
import type { StreamName } from './message.ts'

/** Settings of one stream; times in milliseconds. */
export type StreamSettings = {
  readonly name: StreamName | 'DLQ'
  readonly subjects: readonly string[]
  readonly about: string
  readonly retention: 'limits' | 'workqueue'
  /** No message of it can be deleted or purged, and it is compressed on disk. */
  readonly append_only?: true
  readonly max_age_ms: number
  /** The oldest messages leave it behind that; NATS sets so much aside on each server. Without it, as much as there is. */
  readonly max_bytes?: number
  readonly duplicate_window_ms: number
}

const minutes = 60_000
const days = 24 * 60 * minutes

/** How long an outbox row is kept: longer than any stream keeps its message, so that a lost stream can be refilled. */
export const outboxRetentionDays = 35

/** Work waits for its worker however long it takes; a history has an age. */
export const streams: readonly StreamSettings[] = [
  {
    name: 'EVENTS',
    subjects: ['events.*'],
    about: 'The history: every domain event.',
    retention: 'limits',
    append_only: true,
    max_age_ms: 30 * days,
    // Some 8 million events. A full disk would stop every stream; what leaves this one is in the index and in the archive.
    max_bytes: 3 * 2 ** 30,
    duplicate_window_ms: 10 * minutes,
  },
  {
    name: 'COMMANDS',
    subjects: ['commands.*.*'],
    about: 'What the saga orders a service to do.',
    retention: 'workqueue',
    max_age_ms: 0,
    duplicate_window_ms: 10 * minutes,
  },
  {
    name: 'JOBS',
    subjects: ['jobs.*'],
    about: 'Work that any worker of the queue may take.',
    retention: 'workqueue',
    max_age_ms: 0,
    duplicate_window_ms: 10 * minutes,
  },
  {
    name: 'DLQ',
    subjects: ['dlq.>'],
    about: 'Messages that could not be handled, with the reason.',
    retention: 'limits',
    max_age_ms: 90 * days,
    duplicate_window_ms: 10 * minutes,
  },
]

/** ack_wait: how long a consumer may hold a message in silence. max_ack_pending: how many may be under way. */
export const consumerSettings = { ack_wait_ms: 10_000, max_ack_pending: 2000 } as const
