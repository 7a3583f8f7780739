// Puts together what happened to one order from everything that was read of it, by time. Pure.
import type { DeadLetter, getSaga, OutputOf } from '@deliveryflow/contracts'
import { eventDetail } from '../events/detail.ts'
import type { AuditRecord } from './history.ts'
import type { CommandRow, LedgerEntry, LetterRow } from './records.ts'

export type EntryKind = 'event' | 'command' | 'fact' | 'ledger' | 'letter' | 'dead_letter'

/** One thing that happened. `took_ms`: since what caused it, or for a letter since it was begun. */
export type Entry = {
  at: string
  after_ms: number
  took_ms: number | null
  kind: EntryKind
  name: string
  service: string
  detail: Record<string, unknown>
  id: string | null
  causation_id: string | null
  sequence: number | null
}

export type Read = {
  events: readonly AuditRecord[]
  facts: OutputOf<typeof getSaga>['facts']
  commands: readonly CommandRow[]
  ledger: readonly LedgerEntry[]
  letters: readonly LetterRow[]
  dead_letters: readonly DeadLetter[]
}

type Plain = Omit<Entry, 'after_ms'>

/** All of it, oldest first; `after_ms` counts from the first. */
export const timelineOf = ({ events, facts, commands, ledger, letters, dead_letters }: Read): Entry[] => {
  const times = new Map<string, string>([
    ...events.map(({ event_id, time }) => [event_id ?? '', time] as const),
    ...commands.map(({ id, at }) => [id, at] as const),
  ])
  const since = (cause: string | null, at: string): number | null => {
    const from = cause === null ? undefined : times.get(cause)
    return from === undefined ? null : Date.parse(at) - Date.parse(from)
  }
  const known = new Set(events.map(({ event_id }) => event_id))
  const entries: Plain[] = [
    ...events.map(
      ({ event_id, type, source, time, causation_id, sequence, data }): Plain => ({
        at: time,
        took_ms: since(causation_id, time),
        kind: 'event',
        name: type,
        service: source,
        detail: eventDetail(type, data),
        id: event_id,
        causation_id,
        sequence,
      }),
    ),
    // A deadline that passed is a fact of the saga alone; any other one is here only while the history lags behind.
    ...facts
      .filter(({ event_id }) => !known.has(event_id))
      .map(({ fact, at, event_id }) => plain({ at, kind: 'fact', name: fact, service: 'saga', id: event_id })),
    ...commands.map(({ id, type, at, causation_id, waits }) => ({
      ...plain({ at, kind: 'command', name: type, service: 'saga', id }),
      took_ms: since(causation_id, at),
      causation_id,
      detail: waits ? { waits: 'not yet in the stream' } : {},
    })),
    ...[...Map.groupBy(ledger, ({ movement_id }) => movement_id)].flatMap(([movement_id, [first, ...others]]) =>
      first
        ? plain({
            at: first.created_at.toISOString(),
            kind: 'ledger',
            name: first.kind.toLowerCase(),
            service: 'payment',
            id: movement_id,
            detail: Object.fromEntries(
              [first, ...others].map(({ account, amount, currency }) => [accountText(account), { amount, currency }]),
            ),
          })
        : [],
    ),
    ...letters.map(({ kind, letter_key, status, claimed_at, sent_at, message_id }) => ({
      ...plain({
        at: (sent_at ?? claimed_at).toISOString(),
        kind: 'letter',
        name: kind,
        service: 'notification-worker',
      }),
      took_ms: sent_at && sent_at.getTime() - claimed_at.getTime(),
      detail: { status, news: letter_key.split(':')[2], message_id },
      id: letter_key,
    })),
    ...dead_letters.map(({ last_time, subject, service, error, event_id, sequence }) => ({
      ...plain({ at: last_time, kind: 'dead_letter', name: subject, service, id: event_id }),
      detail: { error, dlq_sequence: sequence },
    })),
  ]
  entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.sequence ?? 0) - (b.sequence ?? 0))
  const start = Date.parse(entries[0]?.at ?? '')
  return entries.map((entry) => ({ ...entry, after_ms: Date.parse(entry.at) - start }))
}

const plain = (given: Pick<Plain, 'at' | 'kind' | 'name' | 'service'> & Partial<Plain>): Plain => ({
  took_ms: null,
  detail: {},
  id: null,
  causation_id: null,
  sequence: null,
  ...given,
})

/** A wallet by its kind: whose it is stands at the head of the answer. */
const accountText = (account: string) => account.split(':')[0] ?? account
