import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { type OrderView, orderStatus } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import type { OrderEvent } from './live-events.ts'
import { type Outcome, outcomeAfter, outcomeOf, waitSeconds } from './order-outcome.ts'

const order: OrderView = {
  order_id: randomUUID(),
  user_id: randomUUID(),
  status: 'PENDING',
  reason: null,
  total: { amount: 100, currency: 'RUB' },
  items: [],
  delivery_address: 'Tverskaya 1',
  payment_id: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
}
const told = (outcome: Outcome) =>
  outcome instanceof Rejection ? `${outcome.code} ${outcome.extra.reason}` : outcome?.status

const event = (type: OrderEvent['type'], data: object): OrderEvent =>
  ({ type, data: { order_id: order.order_id, ...data }, time: new Date('2026-01-01T00:00:01Z') }) as OrderEvent

describe('outcomeOf', () => {
  it('is open before the payment, the order from then on, and a refusal once cancelled', () => {
    assert.deepEqual(
      orderStatus.options.map((status) => told(outcomeOf({ ...order, status, reason: 'OUT_OF_STOCK' }))),
      [undefined, undefined, 'PAID', 'IN_DELIVERY', 'COMPLETED', 'order_refused OUT_OF_STOCK'],
    )
  })
  it('has a code of its own for a wallet that does not hold enough', () => {
    const refused = outcomeOf({ ...order, status: 'CANCELLED', reason: 'INSUFFICIENT_FUNDS' })
    assert.ok(refused instanceof Rejection)
    assert.deepEqual([refused.code, refused.status], ['insufficient_funds', 406])
    assert.equal(refused.extra.order_id, order.order_id)
  })
})

describe('outcomeAfter', () => {
  it('is the paid order once it is paid', () => {
    const payment_id = randomUUID()
    const paid = outcomeAfter(order, event('order_paid', { payment_id }))
    assert.deepEqual(paid, { ...order, status: 'PAID', payment_id, updated_at: '2026-01-01T00:00:01.000Z' })
  })
  it('is a refusal as soon as a step has failed', () => {
    const outcome = (type: OrderEvent['type'], reason: string) => told(outcomeAfter(order, event(type, { reason })))
    assert.equal(outcome('payment_failed', 'INSUFFICIENT_FUNDS'), 'insufficient_funds INSUFFICIENT_FUNDS')
    assert.equal(outcome('payment_failed', 'NO_ACCOUNT'), 'order_refused NO_ACCOUNT')
    assert.equal(outcome('inventory_rejected', 'OUT_OF_STOCK'), 'order_refused OUT_OF_STOCK')
    assert.equal(outcome('order_cancelled', 'TIMED_OUT'), 'order_refused TIMED_OUT')
  })
  it('is open after a step that went well', () => {
    for (const type of ['order_created', 'inventory_reserved', 'payment_captured', 'delivery_assigned'] as const) {
      assert.equal(outcomeAfter(order, event(type, {})), undefined)
    }
  })
})

describe('waitSeconds', () => {
  it('reads wait=N, and is 0 without it', () => {
    assert.deepEqual([undefined, 'wait=1', 'wait=60'].map(waitSeconds), [0, 1, 60])
  })
})
