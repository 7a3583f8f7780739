// The SQL of a reconciliation: what services said, what they handled, what the history holds.
import { statement } from '@deliveryflow/kit/postgres/statement'

/** A message as its service keeps it; `headers` and `data` are exact JSON text. */
export type Said = {
  id: string
  subject: string
  aggregate: string
  headers: string
  data: string
}

/** What a service said between two moments and is not about to publish anyway, in the order in which it was said. */
export const selectSaid = statement<
  [since: Date, until: Date, after: number, limit: number],
  Said & { position: number }
>(
  'reconcile_said',
  `select position, id, subject, aggregate, headers::text as headers, data::text as data from messaging.outbox o
   where created_on >= $1::timestamptz::date and created_at >= $1 and created_at < $2 and position > $3
     and not exists (select from messaging.outbox_pending p where p.position = o.position)
   order by position limit $4`,
)

/** What a service said about some aggregates since a day; no index leads there, so the days are read. */
export const selectSaidOf = statement<[since: Date, aggregates: string[]], Said>(
  'reconcile_said_of',
  `select id, subject, aggregate, headers::text as headers, data::text as data from messaging.outbox o
   where created_on >= $1::date and aggregate = any($2)
     and not exists (select from messaging.outbox_pending p where p.position = o.position)
   order by position`,
)

/** How many messages from before a moment are still to be published. */
export const countPending = statement<[until: Date], { pending: number }>(
  'reconcile_pending',
  `select count(*) as pending from messaging.outbox_pending join messaging.outbox using (created_on, position) where created_at < $1`,
)

/** Which of these messages a consumer has handled. */
export const selectHandled = statement<[consumer: string, ids: string[]], { id: string }>(
  'reconcile_handled',
  'select message_id as id from messaging.inbox where consumer = $1 and message_id = any($2::uuid[])',
)

/** Which of these events the history holds, and where first. */
export const selectIndexed = statement<[ids: string[]], { id: string; sequence: number; stored_at: Date }>(
  'reconcile_indexed',
  `select distinct on (event_id) event_id as id, sequence, coalesce(stored_at, received_at) as stored_at
   from events where event_id = any($1::uuid[]) order by event_id, sequence`,
)

/** Which of these letters were begun. */
export const selectBegun = statement<[letter_keys: string[]], { letter_key: string }>(
  'reconcile_begun',
  'select letter_key from letters where letter_key = any($1)',
)

/** The last event of the index between two places. */
export const lastIndexed = statement<[from: number, to: number], { sequence: number; id: string }>(
  'reconcile_last_indexed',
  `select sequence, event_id as id from events
   where sequence between $1 and $2 and event_id is not null order by sequence desc limit 1`,
)
