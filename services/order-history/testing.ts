// What the tests of order-history share: journeys of orders as event sets, complete or cut short, to be told in any order.
import type { CancelReason, OrderEvent } from '@deliveryflow/contracts'
import fc from 'fast-check'
import type { Happened } from './domain.ts'

type DataOfType<T extends OrderEvent['type']> = Extract<OrderEvent, { type: T }>['data']

export const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
export const product = { a: uuid(0xa), b: uuid(0xb) }

/** The order that a test tells of. `at`: milliseconds since 2026 began. */
export type Facts = { order: number; user: number; amount: number; at: number }

/** Makes the events of one order, one of a type, with their ids: `say('order_paid', {…})` is a second after the last. */
export const journeyOf = ({ order, user, amount, at }: Facts) => {
  const whose = { order_id: uuid(order), user_id: uuid(user) }
  const total = { amount, currency: 'EUR' }
  const facts = { ...whose, total, delivery_address: 'Unter den Linden 1' }
  const items = [{ product_id: amount % 2 ? product.a : product.b, name: 'Cup', quantity: 1, price: total }]
  const delivery = { ...whose, delivery_id: uuid(order + 1000) }
  const payment_id = uuid(order + 2000)
  let n = 0
  const say = <T extends OrderEvent['type']>(type: T, data: DataOfType<T>) => {
    n++
    const time = new Date(Date.UTC(2026, 0) + at + n * 1000)
    // The compiler does not carry T's pairing of type and data into the union.
    return { id: uuid(order * 100_000 + n), time, type, data } as unknown as Happened
  }
  const moved = (status: DataOfType<'delivery_status_updated'>['status']) =>
    say('delivery_status_updated', { ...delivery, status, by: 'courier', note: null })
  const started = [say('order_created', { ...facts, items }), say('inventory_reserved', facts)]
  const paid = [
    say('payment_captured', { ...facts, payment_id }),
    say('order_paid', { ...whose, total, payment_id }),
    say('delivery_assigned', { ...delivery, courier: { courier_id: uuid(1), name: 'Carl' } }),
  ]
  const undone = (reason: CancelReason) => [
    say('inventory_released', { ...whose, items: [] }),
    say('payment_refunded', { ...whose, payment_id, refunded: total }),
    say('order_cancelled', { ...whose, total, reason }),
  ]
  return {
    completed: () => [
      ...started,
      ...paid,
      moved('IN_TRANSIT'),
      moved('OUT_FOR_DELIVERY'),
      moved('DELIVERED'),
      say('order_completed', { ...whose, total, items }),
    ],
    undelivered: () => [...started, ...paid, moved('IN_TRANSIT'), moved('FAILED'), ...undone('DELIVERY_FAILED')],
    unpaid: () => [
      ...started,
      say('payment_failed', { ...whose, total, reason: 'INSUFFICIENT_FUNDS' }),
      ...undone('INSUFFICIENT_FUNDS'),
    ],
  }
}

const facts = fc.record({
  user: fc.integer({ min: 1, max: 3 }),
  amount: fc.integer({ min: 1, max: 1000 }),
  at: fc.integer({ min: 0, max: 20_000 }),
  ending: fc.constantFrom('completed', 'undelivered', 'unpaid'),
})

/**
 * Journeys of several orders, of which any part is seen, some events twice, in any order. `seen`: the events as they come;
 * `happened`: the same, each once, as they took place.
 */
export const history = fc
  .array(facts, { minLength: 1, maxLength: 6 })
  .map((orders) => orders.flatMap(({ ending, ...rest }, n) => journeyOf({ order: n + 1, ...rest })[ending]()))
  .chain((events) => fc.subarray(events, { minLength: 1 }))
  .chain((some) => fc.tuple(fc.constant(some), fc.subarray(some)))
  .chain(([some, twice]) => {
    const all = [...some, ...twice]
    return fc.record({
      seen: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      happened: fc.constant(some.toSorted((a, b) => a.time.getTime() - b.time.getTime() || (a.id < b.id ? -1 : 1))),
    })
  })
