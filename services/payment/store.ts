// The SQL of payment. Rows come and go as JSON sets, so a batch costs as many statements as one order.
import { statement } from '@deliveryflow/kit'
import type { Account, Payment } from './domain.ts'
import type { Movement } from './ledger.ts'

/** Opens accounts; a user who has one keeps it. Returns the users whose account is new. */
export const openAccounts = statement<[user_ids: string[], currency: string], { user_id: string }>(
  'open_accounts',
  `insert into accounts (user_id, currency) select id, $2 from unnest($1::uuid[]) as t(id)
   on conflict do nothing returning user_id`,
)

export const selectAccount = statement<[user_id: string], Account>(
  'select_account',
  'select user_id, balance, currency from accounts where user_id = $1',
)

/** Locks the accounts, always in the same order, so that batches wait for each other and never in a circle. */
export const lockAccounts = statement<[user_ids: string[]], Account>(
  'lock_accounts',
  'select user_id, balance, currency from accounts where user_id = any($1::uuid[]) order by user_id for update',
)

export const lockPayments = statement<[order_ids: string[]], Payment>(
  'lock_payments',
  `select order_id, user_id, payment_id, status, reason, amount, currency
   from payments where order_id = any($1::uuid[]) order by order_id for update`,
)

/**
 * Takes each user's sum in one conditional UPDATE: a wallet that does not hold enough is not touched, whatever was decided
 * before. Returns the users who were charged.
 */
export const debitAccounts = statement<[debits: string], { user_id: string }>(
  'debit_accounts',
  `update accounts a set balance = a.balance - d.amount
   from (select user_id, sum(amount) as amount
         from jsonb_to_recordset($1::jsonb) as t(user_id uuid, amount bigint) group by user_id) d
   where a.user_id = d.user_id and a.balance >= d.amount
   returning a.user_id`,
)

export const creditAccounts = statement<[credits: string]>(
  'credit_accounts',
  `update accounts a set balance = a.balance + c.amount
   from (select user_id, sum(amount) as amount
         from jsonb_to_recordset($1::jsonb) as t(user_id uuid, amount bigint) group by user_id) c
   where a.user_id = c.user_id`,
)

/**
 * Claims orders. Whoever comes first decides: an order that a refund voided meanwhile is not among those returned. Waits
 * for a transaction that is about to claim the same order.
 */
export const claimPayments = statement<[payments: string], { order_id: string }>(
  'claim_payments',
  `insert into payments (order_id, payment_id, user_id, status, reason, amount, currency)
   select order_id, payment_id, user_id, status, reason, amount, currency
   from jsonb_to_recordset($1::jsonb) as t(
     order_id uuid, payment_id uuid, user_id uuid, status text, reason text, amount bigint, currency text)
   order by order_id
   on conflict do nothing returning order_id`,
)

/** Marks orders that were not captured, so that they never are; those payment knows already keep their row. */
export const voidUnknown = statement<[orders: string]>(
  'void_unknown',
  `insert into payments (order_id, user_id, status)
   select distinct on (order_id) order_id, user_id, 'VOIDED'
   from jsonb_to_recordset($1::jsonb) as t(order_id uuid, user_id uuid) order by order_id
   on conflict do nothing`,
)

export const markRefunded = statement<[order_ids: string[]]>(
  'mark_refunded',
  `update payments set status = 'REFUNDED', refunded_at = now()
   where order_id = any($1::uuid[]) and status = 'CAPTURED'`,
)

/**
 * Writes movements; a second one of the same kind for the same reference breaks the unique key and the transaction. Their time
 * is that of the writing, not of the transaction's begin: the wallet is locked by then, so each wallet's are in their order.
 */
export const insertMovements = statement<[movements: string]>(
  'insert_movements',
  `insert into ledger (movement_id, kind, reference, debit_account, credit_account, amount, currency, created_at)
   select movement_id, kind, reference, debit_account, credit_account, amount, currency, clock_timestamp()
   from jsonb_to_recordset($1::jsonb) as t(
     movement_id uuid, kind text, reference text, debit_account text, credit_account text, amount bigint, currency text)`,
)

/** Movements on one side of a wallet. The pattern says nothing new, but by it PostgreSQL knows that the index holds them. */
const side = (account: string, amount: string) =>
  `(select movement_id, kind, reference, ${amount} as amount, currency, created_at from ledger
    where ${account} = 'wallet:' || $1::uuid and ${account} like 'wallet:%'
      and (created_at, movement_id) < (coalesce(timestamptz 'epoch' + $2::bigint * interval '1 microsecond', 'infinity'),
                                       coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by created_at desc, movement_id desc limit $4)`

/**
 * The balance of a wallet and, of the very same moment, its movements behind the place, newest first; both nulls: from the
 * newest on. No row: there is no such wallet. One row without a movement: there are none.
 */
export const selectLedger = statement<
  [user_id: string, place: number | null, movement_id: string | null, limit: number],
  { balance: number } & (Movement | { movement_id: null })
>(
  'select_ledger',
  `select balance, m.*, (extract(epoch from created_at) * 1000000)::bigint as place
   from accounts left join lateral (
     ${side('debit_account', '-amount')} union all ${side('credit_account', 'amount')}
     order by created_at desc, movement_id desc limit $4) m on true
   where user_id = $1 order by created_at desc, movement_id desc`,
)

/** The deposit made under this reference, if it was made before. */
export const selectDeposit = statement<[reference: string], { amount: number; currency: string }>(
  'select_deposit',
  `select amount, currency from ledger where kind = 'DEPOSIT' and reference = $1`,
)

/** One order's payment as the customer sees it; amounts are null when nothing was taken. */
export const selectPayment = statement<[order_id: string], Payment & { created_at: Date; refunded_at: Date | null }>(
  'select_payment',
  `select order_id, user_id, payment_id, status, reason, amount, currency, created_at, refunded_at
   from payments where order_id = $1`,
)
