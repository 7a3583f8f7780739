// The SQL of saga. Sagas come and go as JSON sets, so a batch costs as many statements as one event.
import { statement } from '@deliveryflow/kit'
import type { Saga } from './domain.ts'

const columns = 'order_id, user_id, status, step, deadline_at, reason, facts, sent, version'

/** Makes the sagas that are not there yet: `order_id, user_id`. In the order of the key, so that no two wait in a circle. */
export const beginSagas = statement<[sagas: string]>(
  'begin_sagas',
  `insert into sagas (order_id, user_id)
   select order_id, user_id from jsonb_to_recordset($1::jsonb) as t(order_id uuid, user_id uuid) order by order_id
   on conflict do nothing`,
)

export const lockSagas = statement<[order_ids: string[]], Saga>(
  'lock_sagas',
  `select ${columns} from sagas where order_id = any($1::uuid[]) order by order_id for update`,
)

/** Locks sagas whose deadline has passed, the longest overdue first; those that somebody has in hand are left to them. */
export const lockOverdue = statement<[now: Date, limit: number], Saga>(
  'lock_overdue',
  `select ${columns} from sagas where deadline_at <= $1 order by deadline_at limit $2 for update skip locked`,
)

/**
 * Sagas whose deadline has passed, the longest overdue first, behind one of them: by its deadline in microseconds since 1970, to which
 * PostgreSQL is exact, and its order.
 */
export const listOverdue = statement<
  [deadline_us: number, order_id: string, limit: number],
  Pick<Saga, 'order_id' | 'user_id' | 'status' | 'step' | 'reason'> & { deadline_at: Date; deadline_us: number }
>(
  'list_overdue',
  `select order_id, user_id, status, step, reason, deadline_at, (extract(epoch from deadline_at) * 1000000)::bigint as deadline_us
   from sagas
   where deadline_at < now() and (deadline_at, order_id) > (to_timestamp(0) + $1::bigint * interval '1 microsecond', $2::uuid)
   order by deadline_at, order_id limit $3`,
)

export const updateSagas = statement<[sagas: string]>(
  'update_sagas',
  `update sagas s
   set status = t.status, step = t.step, deadline_at = t.deadline_at, reason = t.reason, facts = t.facts, sent = t.sent,
     version = t.version, updated_at = now()
   from jsonb_to_recordset($1::jsonb) as t(order_id uuid, status text, step text, deadline_at timestamptz, reason text,
     facts jsonb, sent jsonb, version int)
   where s.order_id = t.order_id`,
)

/**
 * What no event tells, for sagas that are built anew from their events: how often commands were sent, and until when is waited. One that waits
 * and has no deadline is looked at at once.
 */
export const carryOver = statement<[]>(
  'carry_over_sagas',
  `update shadow.sagas s
   set sent = coalesce(p.sent, '{}'),
     deadline_at = case when f.status in ('RUNNING', 'COMPENSATING') and f.step <> 'complete' then coalesce(p.deadline_at, now()) end
   from shadow.sagas f left join public.sagas p using (order_id)
   where f.order_id = s.order_id and (f.status in ('RUNNING', 'COMPENSATING') or p.sent <> '{}')`,
)

export const selectSaga = statement<[order_id: string], Saga>(
  'select_saga',
  `select ${columns} from sagas where order_id = $1`,
)
