import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disagreements, type Held } from './orders.ts'

const now = new Date('2026-11-21T12:00:00Z')
const completed: Held = {
  order_id: 'an-order',
  status: 'COMPLETED',
  total: 500,
  saga: { status: 'COMPLETED', deadline_at: null },
  payment: { status: 'CAPTURED', amount: 500 },
  reservation: 'RESERVED',
  delivery: 'DELIVERED',
  listed: 'COMPLETED',
  entries: 9,
  events: 9,
}
const unpaid: Held = {
  ...completed,
  status: 'CANCELLED',
  saga: { status: 'CANCELLED', deadline_at: null },
  payment: { status: 'FAILED', amount: null },
  reservation: 'RELEASED',
  delivery: null,
  listed: 'CANCELLED',
}
const told = (held: Held) => disagreements(held, now).map(({ what }) => what)

test('services that agree are told nothing of', () => {
  assert.deepEqual(told(completed), [])
  assert.deepEqual(told(unpaid), [])
  assert.deepEqual(told({ ...unpaid, payment: null, reservation: null }), [])
})

test('each service that holds something else is named', () => {
  assert.deepEqual(told({ ...completed, payment: { status: 'REFUNDED', amount: 500 } }), [
    'it is COMPLETED, its payment REFUNDED',
  ])
  assert.deepEqual(told({ ...completed, payment: { status: 'CAPTURED', amount: 400 } }), [
    '500 were ordered and 400 captured',
  ])
  assert.deepEqual(told({ ...unpaid, reservation: 'RESERVED', listed: null }), [
    'it is CANCELLED, its reservation RESERVED',
    'it is CANCELLED, its entry in the lists nowhere',
  ])
  assert.deepEqual(told({ ...completed, entries: 8 }), ['its timeline has 8 lines, the history 9 events of it'])
})

test('an order under way is in order until its saga is overdue', () => {
  const paid: Held = {
    ...completed,
    status: 'PAID',
    saga: { status: 'RUNNING', deadline_at: new Date('2026-11-21T12:01:00Z') },
  }
  assert.deepEqual(told(paid), [])
  assert.deepEqual(told({ ...paid, saga: { status: 'RUNNING', deadline_at: new Date('2026-11-21T11:59:00Z') } }), [
    'it is PAID, and its saga is overdue since 2026-11-21T11:59:00.000Z',
  ])
  assert.deepEqual(told({ ...paid, saga: null }), ['it is PAID, and no saga has heard of it'])
  assert.deepEqual(told({ ...paid, saga: { status: 'CANCELLED', deadline_at: null } }), [
    'it is PAID, its saga CANCELLED',
  ])
})
