import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DeliveryStatus, deliveryStatus, notifyUser, topology } from '@deliveryflow/contracts'
import { type Job, lettersOf, nextStep } from './domain.ts'

const [user_id, order_id, event_id, product_id, review_id] = Array.from(
  { length: 5 },
  (_, n) => `0199a0c8-7d31-7c10-9b1e-00000000000${n}`,
) as [string, string, string, string, string]
const total = { amount: 1250, currency: 'EUR' }

const shown = (jobs: Job[]) => jobs.map(({ letter_key, letter }) => `${letter.kind} as ${letter_key}`)
const moved = (status: DeliveryStatus) =>
  lettersOf.delivery_status_updated(
    { order_id, user_id, delivery_id: review_id, status, by: 'courier', note: null },
    event_id,
  )

describe('lettersOf', () => {
  const jobs = {
    user_registered: lettersOf.user_registered({ user_id, email: 'a@b.c', name: 'Ann', role: 'customer' }, event_id),
    password_reset_requested: lettersOf.password_reset_requested({ user_id }, event_id),
    email_verification_requested: lettersOf.email_verification_requested({ user_id }, event_id),
    order_paid: lettersOf.order_paid({ order_id, user_id, total, payment_id: review_id }, event_id),
    order_cancelled: lettersOf.order_cancelled({ order_id, user_id, total, reason: 'OUT_OF_STOCK' }, event_id),
    delivery_status_updated: moved('IN_TRANSIT'),
    review_created: lettersOf.review_created({ review_id, product_id, user_id, rating: 5 }, event_id),
  } satisfies Record<keyof typeof lettersOf, Job[]>

  it('knows every event the planner hears', () => {
    const heard = topology['notification-planner'].hears.map(({ type }) => type)
    assert.deepEqual(Object.keys(lettersOf).sort(), [...heard].sort())
  })

  it('names each letter by what it tells', () => {
    assert.deepEqual(Object.values(jobs).flatMap(shown), [
      `welcome as welcome:${user_id}`,
      `verify_email as verify_email:${user_id}`,
      `password_reset as password_reset:${event_id}`,
      `verify_email as verify_email:${event_id}`,
      `order_paid as order_paid:${order_id}`,
      `order_cancelled as order_cancelled:${order_id}`,
      `delivery_update as delivery_update:${order_id}:IN_TRANSIT`,
      `review_thanks as review_thanks:${review_id}`,
    ])
  })

  it('plans jobs that fit their contract, for the user of the event', () => {
    for (const job of Object.values(jobs).flat()) {
      assert.deepEqual(notifyUser.data.parse(job), job)
      assert.equal(job.user_id, user_id)
    }
  })

  it('tells of a delivery only while it goes well', () => {
    const told = deliveryStatus.options.filter((status) => moved(status).length > 0)
    assert.deepEqual(told, ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'])
  })
})

describe('nextStep', () => {
  it('writes what was never begun, and nothing that may have been sent', () => {
    assert.equal(nextStep(undefined), 'write')
    for (const stale of [false, true]) {
      assert.equal(nextStep({ status: 'SENT', stale }), 'settled')
      assert.equal(nextStep({ status: 'UNCERTAIN', stale }), 'settled')
    }
    assert.equal(nextStep({ status: 'SENDING', stale: false }), 'wait')
    assert.equal(nextStep({ status: 'SENDING', stale: true }), 'give_up')
  })
})
