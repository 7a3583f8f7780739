import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Account, decideCaptures, decideRefunds, type Payment } from './domain.ts'

const order = (order_id: string, user_id: string, amount: number, currency = 'RUB') => ({
  order_id,
  user_id,
  total: { amount, currency },
  delivery_address: 'Tverskaya 1',
})
const account = (user_id: string, balance: number): Account => ({ user_id, balance, currency: 'RUB' })
const outcomes = (decisions: ReturnType<typeof decideCaptures>) =>
  decisions.map((decision) => (decision.outcome === 'FAILED' ? decision.reason : decision.outcome))

describe('decideCaptures', () => {
  it('charges each order against what the ones before it left', () => {
    const decisions = decideCaptures(
      [order('1', 'ann', 60), order('2', 'ann', 60), order('3', 'ann', 40)],
      [account('ann', 100)],
      [],
    )
    assert.deepEqual(outcomes(decisions), ['CAPTURED', 'INSUFFICIENT_FUNDS', 'CAPTURED'])
  })

  it('refuses without an account and in a foreign currency', () => {
    const decisions = decideCaptures([order('1', 'bob', 1), order('2', 'ann', 1, 'EUR')], [account('ann', 100)], [])
    assert.deepEqual(outcomes(decisions), ['NO_ACCOUNT', 'CURRENCY_MISMATCH'])
  })

  it('leaves out what it knows already and what comes twice in one batch', () => {
    const decisions = decideCaptures(
      [order('1', 'ann', 1), order('2', 'ann', 1), order('2', 'ann', 1)],
      [account('ann', 100)],
      [{ order_id: '1' }],
    )
    assert.deepEqual(
      decisions.map((decision) => decision.order.order_id),
      ['2'],
    )
  })

  it('never takes more than a wallet holds, whatever is ordered', () => {
    const orders = fc.array(
      fc.record({ user: fc.constantFrom('ann', 'bob'), amount: fc.integer({ min: 1, max: 100 }) }),
    )
    fc.assert(
      fc.property(orders, fc.nat(300), fc.nat(300), (wanted, ann, bob) => {
        const decisions = decideCaptures(
          wanted.map(({ user, amount }, index) => order(String(index), user, amount)),
          [account('ann', ann), account('bob', bob)],
          [],
        )
        for (const [user, balance] of [
          ['ann', ann],
          ['bob', bob],
        ] as const) {
          const taken = decisions.filter((d) => d.outcome === 'CAPTURED' && d.order.user_id === user)
          assert.ok(taken.reduce((sum, d) => sum + d.order.total.amount, 0) <= balance)
        }
        assert.equal(decisions.length, wanted.length)
      }),
    )
  })
})

const captured: Payment = {
  order_id: '1',
  user_id: 'ann',
  payment_id: 'p',
  status: 'CAPTURED',
  reason: null,
  amount: 60,
  currency: 'RUB',
}
const command = { order_id: '1', user_id: 'ann' }

describe('decideRefunds', () => {
  it('gives back what was captured, once, and confirms each command', () => {
    const [first, second] = decideRefunds([command, command], [captured])
    assert.deepEqual([first?.change, second?.change], ['refund', 'none'])
    assert.deepEqual(second?.refunded, { amount: 60, currency: 'RUB' })
  })

  it('confirms without a change what failed, was refunded, or was voided', () => {
    for (const status of ['FAILED', 'REFUNDED', 'VOIDED'] as const) {
      assert.equal(decideRefunds([command], [{ ...captured, status }])[0]?.change, 'none')
    }
  })
})
