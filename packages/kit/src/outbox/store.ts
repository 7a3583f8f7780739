// The SQL of the outbox. Who publishes, and when, is the relay's.
import { statement } from '../postgres/statement.ts'

/** A message of the outbox that is not known to be in its stream yet; headers and data are exact JSON text. */
export type PendingRow = {
  position: number
  created_on: string
  id: string
  subject: string
  aggregate: string
  headers: string
  data: string
}

/** Writes messages and marks them as pending, in the given order. */
export const insertIntoOutbox = statement<[messages: string]>(
  'outbox_insert',
  `with said as (
     insert into messaging.outbox (id, subject, aggregate, headers, data)
     select id, subject, aggregate, headers, data
     from json_to_recordset($1::json) as t(id uuid, subject text, aggregate text, headers json, data json)
     returning position, created_on)
   insert into messaging.outbox_pending (position, created_on) select position, created_on from said`,
)

/** The oldest pending messages. No cursor: a transaction that commits late is still found, whatever its position. */
export const selectPending = statement<[limit: number], PendingRow>(
  'outbox_select_pending',
  `select position, created_on::text, o.id, o.subject, o.aggregate, o.headers::text, o.data::text
   from messaging.outbox_pending p join messaging.outbox o using (created_on, position)
   order by position limit $1`,
)

/** Forgets that these were pending: they are in the stream. */
export const deletePending = statement<[positions: number[]]>(
  'outbox_delete_pending',
  'delete from messaging.outbox_pending where position = any($1::bigint[])',
)

/** Waits for the turn to publish: one relay for each database at a time keeps the order of an aggregate across processes. */
export const takeTurn = statement<[]>('outbox_take_turn', `select pg_advisory_xact_lock(hashtext('messaging.relay'))`)

/** Daily partitions ahead, old ones dropped. */
export const maintainOutbox = statement<[retention_days: number]>(
  'outbox_maintain',
  'select messaging.maintain_outbox($1)',
)

/** Forgets handled messages that no stream can deliver any more; a slice at a time, so that nothing waits for it. */
export const trimInbox = statement<[retention_days: number, limit: number], { message_id: string }>(
  'inbox_trim',
  `delete from messaging.inbox where ctid in (
     select ctid from messaging.inbox where handled_at < now() - make_interval(days => $1) limit $2)
   returning message_id`,
)
