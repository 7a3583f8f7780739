import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DeliveryStatus, deliveryStatus, maxAmount, type Product } from '@deliveryflow/contracts'
import fc from 'fast-check'
import { apply, fold, type Heard, type Order, priceItems } from './domain.ts'

const id = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`
const [orderId, userId, paymentId] = [id(1), id(2), id(3)]
const total = { amount: 500, currency: 'RUB' }
const facts = { order_id: orderId, user_id: userId, total, delivery_address: 'Tverskaya 1' }

const order: Order = {
  ...facts,
  status: 'PENDING',
  reason: null,
  total_amount: total.amount,
  currency: total.currency,
  items: [{ product_id: id(9), name: 'Tea', quantity: 5, price: { amount: 100, currency: 'RUB' } }],
  payment_id: null,
  version: 1,
}
const reserved: Heard = { type: 'inventory_reserved', data: facts }
const captured: Heard = { type: 'payment_captured', data: { ...facts, payment_id: paymentId } }
const cancel: Heard = { type: 'order.cancel', data: { order_id: orderId, user_id: userId, reason: 'TIMED_OUT' } }
const delivery = (status: DeliveryStatus): Heard => ({
  type: 'delivery_status_updated',
  data: { order_id: orderId, user_id: userId, delivery_id: id(4), status, by: 'courier', note: null },
})
const journey = [reserved, captured, delivery('IN_TRANSIT'), delivery('OUT_FOR_DELIVERY'), delivery('DELIVERED')]
const everything = [...deliveryStatus.options.map(delivery), reserved, captured, cancel]

const run = (messages: readonly Heard[]) => {
  const { changed, said } = fold([order], messages)
  return { order: changed[0] ?? order, said: said.map(({ event }) => event.contract.type) }
}

describe('apply', () => {
  it('takes an order through its journey', () => {
    const statuses = journey.map((_, index) => run(journey.slice(0, index + 1)).order.status)
    assert.deepEqual(statuses, ['RESERVED', 'PAID', 'IN_DELIVERY', 'IN_DELIVERY', 'COMPLETED'])
  })

  it('ends the same in whatever order, and however often, the journey is heard', () => {
    const heard = fc.shuffledSubarray([...journey, ...journey], { minLength: 10 })
    fc.assert(
      fc.property(heard, (messages) => {
        const { order: last, said } = run(messages)
        assert.equal(last.status, 'COMPLETED')
        assert.equal(last.payment_id, paymentId)
        assert.deepEqual(said.toSorted(), ['order_completed', 'order_paid'])
      }),
    )
  })

  it('never goes back, and changes no status after a final one', () => {
    const rank = ['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...everything)), (messages) => {
        let present = order
        for (const message of messages) {
          const applied = apply(present, message)
          const next = applied === 'ignored' ? present : applied.order
          if (present.status === 'CANCELLED') assert.equal(applied, 'ignored')
          if (next.status === 'CANCELLED') assert.notEqual(present.status, 'COMPLETED')
          else assert.ok(rank.indexOf(next.status) >= rank.indexOf(present.status))
          assert.equal(next.version, applied === 'ignored' ? present.version : present.version + 1)
          assert.equal(next.reason !== null, next.status === 'CANCELLED')
          present = next
        }
      }),
    )
  })

  it('cancels once, with the reason, and says so once', () => {
    const { order: last, said } = run([reserved, captured, cancel, cancel, ...journey])
    assert.equal(last.status, 'CANCELLED')
    assert.equal(last.reason, 'TIMED_OUT')
    assert.deepEqual(said, ['order_paid', 'order_cancelled'])
  })

  it('leaves an order as it is when its delivery fails or is cancelled: the saga acts', () => {
    for (const status of ['PENDING', 'FAILED', 'CANCELLED'] as const) {
      assert.equal(apply(order, delivery(status)), 'ignored')
    }
  })
})

describe('fold', () => {
  it('throws on an order that is not known, so that the message comes again', () => {
    assert.throws(() => fold([], [reserved]), /not known here/)
  })
})

const product = (n: number, amount: number, changes: Partial<Product> = {}): Product => ({
  product_id: id(n),
  name: `Product ${n}`,
  description: '',
  price: { amount, currency: 'RUB' },
  active: true,
  rating: { average: null, count: 0 },
  ...changes,
})
const refusalOf = (priced: ReturnType<typeof priceItems>) =>
  'refused' in priced ? { code: priced.refused, ...priced.extra } : 'accepted'

describe('priceItems', () => {
  it('takes names and prices from the catalog', () => {
    const priced = priceItems(
      [
        { product_id: id(1), quantity: 2 },
        { product_id: id(2), quantity: 1, price: 50 },
      ],
      [product(2, 50), product(1, 100)],
    )
    assert.deepEqual(priced, {
      items: [
        { product_id: id(1), name: 'Product 1', quantity: 2, price: { amount: 100, currency: 'RUB' } },
        { product_id: id(2), name: 'Product 2', quantity: 1, price: { amount: 50, currency: 'RUB' } },
      ],
      total: { amount: 250, currency: 'RUB' },
    })
  })

  it('names the products that are not offered: unknown or withdrawn', () => {
    const wish = [1, 2, 3].map((n) => ({ product_id: id(n), quantity: 1 }))
    const refusal = refusalOf(priceItems(wish, [product(1, 1), product(2, 1, { active: false })]))
    assert.deepEqual(refusal, { code: 'unknown_product', product_ids: [id(2), id(3)] })
  })

  it('tells the present price when the one the customer saw is no longer true', () => {
    const refusal = refusalOf(priceItems([{ product_id: id(1), quantity: 1, price: 99 }], [product(1, 100)]))
    const prices = [{ product_id: id(1), price: { amount: 100, currency: 'RUB' } }]
    assert.deepEqual(refusal, { code: 'price_changed', prices })
  })

  it('refuses more than one currency', () => {
    const wish = [1, 2].map((n) => ({ product_id: id(n), quantity: 1 }))
    const offered = [product(1, 1), product(2, 1, { price: { amount: 1, currency: 'EUR' } })]
    assert.deepEqual(refusalOf(priceItems(wish, offered)), { code: 'mixed_currencies', currencies: ['RUB', 'EUR'] })
  })

  it('accepts a total of exactly the most, and nothing above', () => {
    assert.equal(refusalOf(priceItems([{ product_id: id(1), quantity: 1 }], [product(1, maxAmount)])), 'accepted')
    const refusal = refusalOf(priceItems([{ product_id: id(1), quantity: 2 }], [product(1, maxAmount / 2 + 1)]))
    assert.deepEqual(refusal, { code: 'invalid_request' })
  })
})
