// Which lines of the logs are about one order: those that carry its id, one of its messages, or its trace.
import { jetstreamManager } from '@nats-io/jetstream'
import { connectionOf, openCalls } from '../calls.ts'
import { historyOf } from '../order/history.ts'
import type { Target } from '../target.ts'
import type { LogLine } from './line.ts'

/** What an order is known by in a log. `sequences`: its places in the history, which failures are logged with. */
export type Marks = { words: readonly string[]; sequences: ReadonlySet<number>; since: Date | null }

/** Reads what the order's lines may carry. The id alone is in `words` when the history has nothing of it. */
export const marksOf = async (target: Target, order_id: string): Promise<Marks> => {
  const ask = await openCalls(target)
  const events = await historyOf(ask, order_id)
  const manager = await jetstreamManager(await connectionOf(target))
  const traces = await Promise.all(
    events.map(async ({ sequence }) => {
      const message = await manager.direct.getMessage('EVENTS', { seq: sequence }).catch(() => null)
      return message?.header.get('traceparent')?.split('-')[1]
    }),
  )
  const words = new Set([
    order_id,
    ...events.map(({ event_id }) => event_id ?? ''),
    ...traces.filter((id) => id !== undefined),
  ])
  const [first] = events
  return {
    words: [...words].filter((word) => word !== ''),
    sequences: new Set(events.map(({ sequence }) => sequence)),
    since: first ? new Date(Date.parse(first.time) - 60_000) : null,
  }
}

/** Whether the line is about the order. */
export const isAbout =
  ({ words, sequences }: Marks) =>
  ({ raw, fields }: LogLine): boolean =>
    words.some((word) => raw.includes(word)) ||
    (typeof fields.subject === 'string' &&
      fields.subject.startsWith('events.') &&
      typeof fields.sequence === 'number' &&
      sequences.has(fields.sequence))
