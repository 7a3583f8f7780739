import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { cursorAfter, patternOf, productBefore, productOf } from './domain.ts'

const row = {
  product_id: '0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e01',
  name: 'Cup',
  description: '',
  price_amount: 1250,
  price_currency: 'EUR',
  active: true,
  rating_sum: 0,
  rating_count: 0,
}

describe('productOf', () => {
  it('has no average while nobody has rated', () => {
    assert.deepEqual(productOf(row).rating, { average: null, count: 0 })
  })

  it('divides the sum of the ratings by their number, to two decimals', () => {
    assert.deepEqual(productOf({ ...row, rating_sum: 13, rating_count: 3 }).rating, { average: 4.33, count: 3 })
  })

  it('names the price in minor units with its currency', () => {
    assert.deepEqual(productOf(row).price, { amount: 1250, currency: 'EUR' })
  })
})

describe('patternOf', () => {
  it('lets what ILIKE takes for a wildcard stand for itself', () => {
    assert.equal(patternOf('100%_\\'), '%100\\%\\_\\\\%')
    assert.equal(patternOf('cup'), '%cup%')
  })
})

describe('the cursor', () => {
  it('leads back to the product it was made after', () => {
    fc.assert(fc.property(fc.uuid(), (product_id) => assert.equal(productBefore(cursorAfter(product_id)), product_id)))
  })

  it('is refused when it is no cursor of ours', () => {
    for (const text of ['', 'x', row.product_id, `${cursorAfter(row.product_id)}A`, 'Ä'.repeat(22)]) {
      assert.equal(productBefore(text), null, text)
    }
  })

  it('is refused in any other spelling, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const product_id = productBefore(text)
        if (product_id !== null) assert.equal(cursorAfter(product_id), text)
      }),
    )
  })
})
