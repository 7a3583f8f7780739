// The SQL of operations: which parts of an action were said already.
import { statement } from '@deliveryflow/kit'

/** Notes a part of an action; resolves to no row when it was noted before. */
export const insertAction = statement<
  [action_id: string, part: string, action: string, by: string, reason: string],
  { part: string }
>(
  'insert_action',
  `insert into actions (action_id, part, action, by_user, reason) values ($1, $2, $3, $4, $5)
   on conflict do nothing returning part`,
)
