// What the system did to the world outside around a replay, by what services keep of it: a replay must not have added to it.
//
// Totals prove nothing while orders flow. But every effect is said in the transaction that makes it, and what is said names the message that
// led to it. A replayed event keeps its id: whatever a replay led to would name an event that had happened before the replay began.
import {
  inventoryReserved,
  type MessageContract,
  notifyUser,
  orderCreated,
  paymentCaptured,
  refundCommand,
} from '@deliveryflow/contracts'
import { type Queryable, statement } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import type { Target } from '../target.ts'

export type Effects = { debits: number; refunds: number; reservations: number; letters: number; orders: number }

/**
 * In all before it began and when it ended; `late`: said in between because of what had happened a minute or more before it began. Null
 * when it is so long ago that services do not keep any more what they said.
 */
export type EffectsAround = { before: Effects; after: Effects; late: Effects | null }

type Counted = { before: number; after: number }

/** Rows made before each of two moments. */
const counting = (name: string, table: string, at: string) =>
  statement<[begun: Date, ended: Date], Counted>(
    `count_${name}`,
    `select count(*) filter (where ${at} < $1) as before, count(*) as after from ${table} where ${at} < $2`,
  )

type Source = {
  database: string
  count: ReturnType<typeof counting>
  /** Where and as what it is said; a refund is because of the saga's command for it. */
  said: { database: string; contract: MessageContract }
}

const sources: Record<keyof Effects, Source> = {
  debits: {
    database: 'payment',
    count: counting('debits', `(select created_at from ledger where kind = 'CAPTURE') t`, 'created_at'),
    said: { database: 'payment', contract: paymentCaptured },
  },
  refunds: {
    database: 'payment',
    count: counting('refunds', `(select created_at from ledger where kind = 'REFUND') t`, 'created_at'),
    said: { database: 'saga', contract: refundCommand },
  },
  reservations: {
    database: 'inventory',
    count: counting('reservations', 'reservations', 'created_at'),
    said: { database: 'inventory', contract: inventoryReserved },
  },
  letters: {
    database: 'notification',
    count: counting('letters', 'letters', 'claimed_at'),
    said: { database: 'notification', contract: notifyUser },
  },
  orders: {
    database: 'order',
    count: counting('orders', 'orders', 'created_at'),
    said: { database: 'order', contract: orderCreated },
  },
}

/** What led to messages of a subject that were said between two moments, and to how many each. */
const selectCauses = statement<[begun: Date, ended: Date, subject: string], { cause: string; messages: number }>(
  'causes_between',
  `select headers->>'ce-causationid' as cause, count(*) as messages from messaging.outbox
   where created_on between $1::timestamptz::date and $2::timestamptz::date and created_at >= $1 and created_at < $2 and subject = $3
     and headers->>'ce-causationid' is not null
   group by 1`,
)

/** Which of these events happened before a moment. */
const selectOlder = statement<[ids: string[], before: Date], { id: string }>(
  'events_older',
  'select distinct event_id as id from events where event_id = any($1::uuid[]) and time < $2',
)

/** Milliseconds: what happened so shortly before a replay began may have been on its way to whom it concerns. */
const underWay = 60_000
/** Milliseconds for which services keep what they said, less a day. */
const kept = 34 * 86_400_000

const slice = 10_000

/** Counts the effects before a replay began and ended, and those in between that are because of what had happened before. */
export const effectsAround = async (target: Target, begun: Date, ended: Date): Promise<EffectsAround> => {
  const around = await Promise.all(
    Object.entries(sources).map(async ([effect, { database, count, said }]) => {
      const [counted = { before: 0, after: 0 }] = await withDatabase(target, database, (db) => count(db, begun, ended))
      const causes = await withDatabase(target, said.database, (db) =>
        selectCauses(db, begun, ended, said.contract.subject),
      )
      const late = await withDatabase(target, 'audit', (db) => lateOf(db, causes, new Date(begun.getTime() - underWay)))
      return [effect, { ...counted, late }] as const
    }),
  )
  const all = Object.fromEntries(around) as Record<keyof Effects, Counted & { late: number }>
  const each = (of: keyof Counted | 'late'): Effects => ({
    debits: all.debits[of],
    refunds: all.refunds[of],
    reservations: all.reservations[of],
    letters: all.letters[of],
    orders: all.orders[of],
  })
  return {
    before: each('before'),
    after: each('after'),
    late: begun.getTime() < Date.now() - kept ? null : each('late'),
  }
}

const lateOf = async (db: Queryable, causes: readonly { cause: string; messages: number }[], before: Date) => {
  let late = 0
  for (let from = 0; from < causes.length; from += slice) {
    const some = new Map(causes.slice(from, from + slice).map(({ cause, messages }) => [cause, messages]))
    const older = await selectOlder(db, [...some.keys()], before)
    late += older.reduce((sum, { id }) => sum + (some.get(id) ?? 0), 0)
  }
  return late
}
