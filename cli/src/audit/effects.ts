// What the system did to the world outside so far, counted: a replay must not add to it.
import { statement } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import type { Target } from '../target.ts'

export type Effects = { debits: number; refunds: number; reservations: number; letters: number; orders: number }

const money = statement<[], { debits: number; refunds: number }>(
  'count_movements',
  `select count(*) filter (where kind = 'CAPTURE') as debits, count(*) filter (where kind = 'REFUND') as refunds from ledger`,
)
const stock = statement<[], { reservations: number }>(
  'count_reservations',
  'select count(*) as reservations from reservations',
)
const letters = statement<[], { letters: number }>('count_letters', 'select count(*) as letters from letters')
const orders = statement<[], { orders: number }>('count_orders', 'select count(*) as orders from orders')

/** Counts them where they are kept. */
export const effectsOf = async (target: Target): Promise<Effects> => {
  const parts = await Promise.all([
    withDatabase(target, 'payment', (db) => money(db)),
    withDatabase(target, 'inventory', (db) => stock(db)),
    withDatabase(target, 'notification', (db) => letters(db)),
    withDatabase(target, 'order', (db) => orders(db)),
  ])
  const none = { debits: 0, refunds: 0, reservations: 0, letters: 0, orders: 0 }
  return Object.assign(none, ...parts.flat())
}
