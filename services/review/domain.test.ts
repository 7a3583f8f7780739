import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { pageOf, placeOf, purchasesOf, type Review, ratingOf } from './domain.ts'

const review = (n: number): Review => ({
  _id: `0199a0c8-7d31-7c10-9b1e-${String(n).padStart(12, '0')}`,
  product_id: 'p',
  user_id: 'u',
  rating: 5,
  text: '',
  created_at: new Date(n),
})

describe('purchasesOf', () => {
  it('names each product of the order once', () => {
    const price = { amount: 1, currency: 'EUR' }
    const item = (product_id: string) => ({ product_id, name: '', quantity: 1, price })
    const order = { order_id: 'o', user_id: 'u', total: price, items: [item('a'), item('b'), item('a')] }
    assert.deepEqual(
      purchasesOf(order, new Date(0)).map(({ _id, order_id }) => [_id, order_id]),
      [
        ['u:a', 'o'],
        ['u:b', 'o'],
      ],
    )
  })
})

describe('pageOf', () => {
  it('leads through all reviews, each once, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 10 }), (count, limit) => {
        const all = Array.from({ length: count }, (_, n) => review(count - n))
        const seen: string[] = []
        let rest = all
        for (;;) {
          const { items, next_cursor } = pageOf(rest.slice(0, limit + 1), limit)
          seen.push(...items.map(({ review_id }) => review_id))
          if (next_cursor === null) break
          const place = placeOf(next_cursor) ?? ''
          rest = all.filter(({ _id }) => _id < place)
        }
        assert.deepEqual(
          seen,
          all.map(({ _id }) => _id),
        )
      }),
    )
  })
})

describe('placeOf', () => {
  it('knows what is not a cursor of ours', () => {
    for (const cursor of ['', 'x', '$gt', Buffer.from('{"$gt":""}').toString('base64url')]) {
      assert.equal(placeOf(cursor), undefined)
    }
  })
})

describe('ratingOf', () => {
  it('averages to two decimals, and says null where there is nothing', () => {
    assert.deepEqual(
      ratingOf([
        { rating: 5, count: 2 },
        { rating: 4, count: 1 },
      ]),
      { average: 4.67, count: 3 },
    )
    assert.deepEqual(ratingOf([]), { average: null, count: 0 })
  })
})
