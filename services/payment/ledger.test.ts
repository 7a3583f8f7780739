import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Movement, pageOf, placeOf } from './ledger.ts'

const movement = (place: number, amount: number): Movement => ({
  movement_id: `0199a0c8-7d31-7c10-9b1e-${String(place).padStart(12, '0')}`,
  kind: amount > 0 ? 'DEPOSIT' : 'CAPTURE',
  reference: `reference ${place}`,
  amount,
  currency: 'RUB',
  created_at: new Date(place),
  place,
})

describe('pageOf', () => {
  it('leads through all movements, each once and with what the wallet held after it', () => {
    const movements = fc.array(fc.integer({ min: -100, max: 1000 }).filter(Boolean), { maxLength: 30 })
    fc.assert(
      fc.property(movements, fc.integer({ min: 1, max: 10 }), (amounts, limit) => {
        const sumUpTo = (place: number) => amounts.slice(0, place + 1).reduce((sum, amount) => sum + amount, 100_000)
        const all = amounts.map((amount, place) => ({ ...movement(place, amount), after: sumUpTo(place) })).reverse()
        const seen: [string, number][] = []
        let rest = all
        for (let held = sumUpTo(amounts.length); ; ) {
          const { items, next_cursor } = pageOf(rest.slice(0, limit + 1), held, limit)
          seen.push(...items.map(({ entry_id, balance_after }): [string, number] => [entry_id, balance_after]))
          if (next_cursor === null) break
          const next = placeOf(next_cursor) ?? assert.fail('a cursor of ours')
          held = next.balance
          rest = all.filter(({ place }) => place < next.place)
        }
        assert.deepEqual(
          seen,
          all.map(({ movement_id, after }) => [movement_id, after]),
        )
      }),
    )
  })

  it('names the order of a payment and of a refund, and none of a deposit', () => {
    const refund = { ...movement(2, 50), kind: 'REFUND' as const }
    const { items } = pageOf([refund, movement(1, -50), movement(0, 90)], 90, 10)
    assert.deepEqual(
      items.map(({ kind, order_id }) => [kind, order_id]),
      [
        ['REFUND', 'reference 2'],
        ['CAPTURE', 'reference 1'],
        ['DEPOSIT', null],
      ],
    )
  })
})

describe('placeOf', () => {
  it('knows what is no cursor of ours', () => {
    const id = '0199a0c8-7d31-7c10-9b1e-000000000000'
    const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    assert.deepEqual(placeOf(of([5, id, 7])), { place: 5, movement_id: id, balance: 7 })
    for (const cursor of ['', 'nonsense', of({}), of([5, id]), of([-1, id, 7]), of([5, 'x', 7]), of([5, id, -7])]) {
      assert.equal(placeOf(cursor), null, cursor)
    }
  })
})
