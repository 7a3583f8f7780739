import assert from 'node:assert/strict'
import { test } from 'node:test'
import { disagreements, type Held, type Missed } from './orders.ts'

const now = new Date('2026-11-21T12:00:00Z')
const before = new Date('2026-11-21T11:59:00Z')
const completed: Held = {
  order_id: 'an-order',
  status: 'COMPLETED',
  total: 500,
  saga: { status: 'COMPLETED', deadline_at: null, updated_at: before },
  payment: { status: 'CAPTURED', amount: 500 },
  reservation: 'RESERVED',
  delivery: 'DELIVERED',
  listed: 'COMPLETED',
  entries: 9,
  events: 9,
  shown: 'all of it',
  told: 'all of it',
}
const unpaid: Held = {
  ...completed,
  status: 'CANCELLED',
  saga: { status: 'CANCELLED', deadline_at: null, updated_at: before },
  payment: { status: 'FAILED', amount: null },
  reservation: 'RELEASED',
  delivery: null,
  listed: 'CANCELLED',
}
const running = (deadline_at: Date | null, updated_at = before) => ({ status: 'RUNNING', deadline_at, updated_at })
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
  const paid: Held = { ...completed, status: 'PAID', saga: running(new Date('2026-11-21T12:01:00Z')) }
  assert.deepEqual(told(paid), [])
  assert.deepEqual(told({ ...paid, saga: running(before) }), [
    'it is PAID, and its saga is overdue since 2026-11-21T11:59:00.000Z',
  ])
  assert.deepEqual(told({ ...paid, saga: null }), ['it is PAID, and no saga has heard of it'])
  assert.deepEqual(told({ ...paid, saga: { ...running(null), status: 'CANCELLED' } }), [
    'it is PAID, its saga CANCELLED',
  ])
  assert.deepEqual(told({ ...paid, saga: running(null, now) }), [])
  assert.deepEqual(told({ ...paid, saga: running(null) }), [
    'it is PAID, and was delivered before 2026-11-21T11:59:00.000Z',
  ])
})

test('what was not handled is given once more; else the repair is the one that can help', () => {
  const next = (held: Held, ...missed: Missed[]) => disagreements(held, now, missed).map((found) => found.next)
  const refunded: Held = { ...completed, payment: { status: 'REFUNDED', amount: 500 } }
  assert.deepEqual(next(refunded), ['dfctl order trace an-order'])
  const missed: Missed = { service: 'saga', subject: 'events.payment_refunded' }
  assert.deepEqual(next(refunded, missed), ['dfctl order retry an-order --reason …'])
  assert.deepEqual(next(refunded, { ...missed, service: 'review' }), ['dfctl order trace an-order'])
  const overdue: Held = { ...completed, status: 'PAID', saga: running(before) }
  assert.deepEqual(next(overdue), ['dfctl order compensate an-order --reason …'])
  const rebuild = 'dfctl audit replay --to projection=order-history --reason …'
  assert.deepEqual(next({ ...completed, entries: 8 }), [rebuild])
  assert.deepEqual(next({ ...completed, entries: 8 }, missed), [rebuild])
  assert.deepEqual(next({ ...completed, entries: 8 }, { ...missed, service: 'order-history' }), [
    'dfctl order retry an-order --reason …',
  ])
  assert.deepEqual(next({ ...completed, listed: 'PAID' }), [rebuild])
  assert.deepEqual(next({ ...completed, shown: 'another total' }), [rebuild])
  assert.deepEqual(next({ ...completed, saga: running(null) }), ['dfctl audit replay --to projection=saga --reason …'])
  assert.deepEqual(next({ ...completed, saga: running(null) }, missed), ['dfctl order retry an-order --reason …'])
  assert.deepEqual(next({ ...completed, events: 8, listed: null }), ['dfctl audit verify', 'dfctl audit verify'])
  const [found] = disagreements(refunded, now, [missed])
  assert.deepEqual(found?.repair, { kind: 'retry', why: 'saga has not handled events.payment_refunded' })
})
