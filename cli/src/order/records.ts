// What services keep of one order and no call answers: ledger entries, letters, the saga's commands, dead letters.
import { type DeadLetter, deadLetterOf, letter } from '@deliveryflow/contracts'
import { browse } from '@deliveryflow/kit/messaging/browse'
import { statement } from '@deliveryflow/kit/postgres/statement'
import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import { withDatabase } from '../database.ts'
import type { Target } from '../target.ts'

export type LedgerEntry = {
  movement_id: string
  kind: 'DEPOSIT' | 'CAPTURE' | 'REFUND'
  account: string
  amount: number
  currency: string
  created_at: Date
}

const selectEntries = statement<[order_id: string], LedgerEntry>(
  'ledger_entries_of_order',
  `select movement_id, kind, account, amount, currency, created_at from ledger_entries
   where kind in ('CAPTURE', 'REFUND') and reference = $1 order by created_at, movement_id, amount`,
)

/** What moved for the order: each movement as its two entries. */
export const ledgerOf = (target: Target, order_id: string): Promise<LedgerEntry[]> =>
  withDatabase(target, 'payment', (db) => selectEntries(db, order_id))

export type LetterRow = {
  letter_key: string
  kind: string
  status: 'SENDING' | 'SENT' | 'UNCERTAIN'
  message_id: string
  claimed_at: Date
  sent_at: Date | null
}

const selectLetters = statement<[letter_keys: string[]], LetterRow>(
  'letters_of_order',
  `select letter_key, kind, status, message_id, claimed_at, sent_at from letters
   where letter_key = any($1) order by claimed_at`,
)

/** The keys that letters about an order have: the log is read by its key, for nothing else in it leads to an order. */
export const letterKeysOf = (order_id: string): string[] =>
  letter.options.flatMap(({ shape }) => {
    if (!('order_id' in shape)) return []
    const key = `${shape.kind.value}:${order_id}`
    return 'status' in shape ? shape.status.options.map((status) => `${key}:${status}`) : [key]
  })

/** The letters that were begun about the order. */
export const lettersOf = (target: Target, order_id: string): Promise<LetterRow[]> =>
  withDatabase(target, 'notification', (db) => selectLetters(db, letterKeysOf(order_id)))

export type CommandRow = { id: string; type: string; at: string; causation_id: string | null; waits: boolean }

/** The days are those from the order's first: a partition each, so older ones are left alone. */
const selectCommands = statement<[order_id: string, since: Date], CommandRow>(
  'commands_of_order',
  `select id, headers->>'ce-type' as type, headers->>'ce-time' as at, headers->>'ce-causationid' as causation_id,
     exists (select from messaging.outbox_pending p where p.position = o.position) as waits
   from messaging.outbox o where aggregate = $1 and created_on >= $2::date order by position`,
)

/** What the saga ordered for it. `waits`: not yet known to be in the stream. */
export const commandsOf = (target: Target, order_id: string, since: Date): Promise<CommandRow[]> =>
  withDatabase(target, 'saga', (db) => selectCommands(db, order_id, since))

const mostDeadLetters = 10_000

/** The order's messages that a service gave up, since `since`. Reads headers alone, of the first 10,000 dead letters. */
export const deadLettersOf = async (target: Target, order_id: string, since: Date): Promise<DeadLetter[]> => {
  const js = jetstream(await target.nats())
  const which = { headers_only: true, deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }
  const found: DeadLetter[] = []
  for await (const { seq, headers, time } of browse(js, 'DLQ', which, mostDeadLetters)) {
    if (headers?.get('ce-correlationid') !== order_id && headers?.get('ce-subject') !== order_id) continue
    found.push(deadLetterOf({ sequence: seq, headers, stored_at: time }))
  }
  return found
}
