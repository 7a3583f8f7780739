// Times and money as people give and read them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Failure } from './failure.ts'
import { moment, span } from './time.ts'
import { moneyText, pairs } from './values.ts'

describe('a moment', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  it('is so long ago, or itself', () => {
    assert.equal(moment('10m', now).toISOString(), '2026-11-21T11:50:00.000Z')
    assert.equal(moment('3d', now).toISOString(), '2026-11-18T12:00:00.000Z')
    assert.equal(moment('2026-11-21T13:39:53Z', now).toISOString(), '2026-11-21T13:39:53.000Z')
  })
  it('or a usage error', () => {
    for (const text of ['', 'yesterday', '10 m', '-5m', '2026-99-99', 'm'])
      assert.throws(
        () => moment(text, now),
        (error) => error instanceof Failure && error.kind === 'usage',
      )
  })
})

describe('a span', () => {
  it('has two units at most', () => {
    const texts = [0, 32, 1400, 9999, 59_000, 60_000, 185_000, 7_380_000, 187_200_000].map(span)
    assert.deepEqual(texts, ['0 ms', '32 ms', '1.4 s', '10.0 s', '59 s', '1 min', '3 min 5 s', '2 h 3 min', '2 d 4 h'])
  })
})

describe('data on one line', () => {
  it('has money by the digits of its currency', () => {
    assert.equal(moneyText({ amount: 128000, currency: 'RUB' }), '1,280.00 RUB')
    assert.equal(moneyText({ amount: 500, currency: 'JPY' }), '500 JPY')
    assert.equal(moneyText({ amount: 500, currency: 'no' }), '500 no')
  })
  it('leaves out nothing but nulls, and cuts where the line ends', () => {
    assert.equal(
      pairs({ a: 'x', b: null, c: 'two words', d: { amount: 100, currency: 'EUR' }, e: [1] }),
      'a=x c="two words" d=1.00 EUR e=[1]',
    )
    assert.equal(pairs({ a: 'x'.repeat(50) }, 10), `a=${'x'.repeat(7)}…`)
  })
})
