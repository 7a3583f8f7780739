// What the tests of delivery share: the handlers at work on a database of the test, and what they said.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type {
  Caller,
  cancelDeliveryCommand,
  DeliveryStatus,
  InputOf,
  moveDelivery,
  paymentCaptured,
  userRegistered,
} from '@deliveryflow/contracts'
import { type Message, newId, Rejection } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import type { DeliveryContext, Settings } from './assignment.ts'
import * as handle from './handlers.ts'

export const user_id = newId()
export const customer: Caller = { user_id, role: 'customer' }
export const admin: Caller = { user_id: newId(), role: 'admin' }
export const courierCalled = (courier_id: string): Caller => ({ user_id: courier_id, role: 'courier' })

/** The answer, when it is no refusal; fails the test otherwise. */
export const answered = <T>(answer: T | Rejection): T => {
  if (answer instanceof Rejection) assert.fail(`${answer.code}: ${answer.detail}`)
  return answer
}
/** The code of a refusal; fails the test when there is an answer. */
export const refusal = (answer: unknown): string => {
  if (answer instanceof Rejection) return answer.code
  return assert.fail('an answer instead of a refusal')
}

const captured = (order_id: string) => {
  const facts = { order_id, user_id, total: { amount: 1, currency: 'EUR' }, delivery_address: 'Tverskaya 1' }
  return { id: newId(), correlation_id: order_id, data: { ...facts, payment_id: newId() } } as Message<
    typeof paymentCaptured
  >
}
const stopCommand = (order_id: string) =>
  ({ id: newId(), correlation_id: order_id, data: { order_id, user_id } }) as Message<typeof cancelDeliveryCommand>

/** Puts the handlers to work on an empty database. */
export const openDelivery = async (url: string) => {
  await migrate(url, fileURLToPath(new URL('./migrations', import.meta.url)))
  const log = createLog('test', 'silent')
  const db = openDatabase({ url, application_name: 'test', max: 8 }, log)
  const transaction = transactions(db, 'delivery', () => undefined)
  const settings: Settings = {
    SIMULATOR: false,
    SIMULATOR_STEP_MS: 1,
    SIMULATOR_FAIL_PERCENT: 0,
    ASSIGN_INTERVAL_MS: 10,
  }
  // What delivery does takes nothing else from its context.
  const contextWith = (changed: Partial<Settings> = {}) =>
    ({ db, transaction, log, settings: { ...settings, ...changed } }) as unknown as DeliveryContext
  const context = contextWith()
  const query = async (text: string) => (await db.query({ name: '', text, values: [] })).rows

  const heard = {
    paid: async (order_ids: string[], at = context) => {
      const { begin } = handle
      assert.ok('batch' in begin)
      await transaction((tx) => begin.batch(order_ids.map(captured), tx, at))
    },
    stop: async (...order_ids: string[]) => {
      const { stop } = handle
      assert.ok('batch' in stop)
      await transaction((tx) => stop.batch(order_ids.map(stopCommand), tx, context))
    },
    registered: async (role: 'courier' | 'customer', name: string) => {
      const { welcomeCouriers } = handle
      assert.ok('batch' in welcomeCouriers)
      const courier_id = newId()
      const data = { user_id: courier_id, email: 'a@example.com', name, role }
      const message = { id: newId(), correlation_id: courier_id, data } as Message<typeof userRegistered>
      await transaction((tx) => welcomeCouriers.batch([message], tx, context))
      return courier_id
    },
  }
  return {
    context,
    contextWith,
    query,
    ...heard,
    get: (order_id: string, caller = customer) => handle.delivery({ order_id }, context, caller),
    move: (delivery_id: string, status: InputOf<typeof moveDelivery>['status'], caller = admin, note?: string) =>
      handle.move({ delivery_id, status, ...(note === undefined ? {} : { note }) }, context, caller),
    cancel: (order_id: string) => handle.cancel({ order_id, user_id }, context, undefined),
    /** What was said of an order, in order: `type` or, of a status, `STATUS by whom`. */
    said: async (order_id: string) => {
      const { rows } = await db.query<{ type: string; data: { status?: DeliveryStatus; by?: string } }>({
        name: '',
        text: `select headers ->> 'ce-type' as type, data from messaging.outbox where aggregate = $1 order by position`,
        values: [order_id],
      })
      return rows.map(({ type, data }) => (data.status ? `${data.status} by ${data.by}` : type))
    },
    reset: () => query('truncate couriers, deliveries, messaging.outbox, messaging.outbox_pending'),
    close: () => db.end(),
  }
}
