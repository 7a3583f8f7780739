import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decideReleases, decideReservations, type Line, type Reservation } from './domain.ts'

const order = (order_id: string, ...items: [product_id: string, quantity: number][]) => ({
  order_id,
  items: items.map(([product_id, quantity]) => ({ product_id, quantity })),
})
const stock = (available: Record<string, number>) =>
  Object.entries(available).map(([product_id, count]) => ({ product_id, available: count }))
const all = (orders: readonly { order_id: string }[]) => new Set(orders.map(({ order_id }) => order_id))
const sumOf = (items: readonly Line[], product_id: string) =>
  items.filter((item) => item.product_id === product_id).reduce((sum, { quantity }) => sum + quantity, 0)

describe('decideReservations', () => {
  it('gives each order what the ones before it left', () => {
    const orders = [order('1', ['cup', 2]), order('2', ['cup', 2]), order('3', ['cup', 1])]
    const decisions = decideReservations(orders, stock({ cup: 3 }), all(orders))
    assert.deepEqual(
      decisions.map(({ outcome }) => outcome),
      ['RESERVED', 'REJECTED', 'RESERVED'],
    )
  })

  it('takes nothing of an order that cannot have everything, and names each shortage', () => {
    const orders = [order('1', ['cup', 2], ['pan', 1], ['pot', 4]), order('2', ['cup', 2])]
    const [first, second] = decideReservations(orders, stock({ cup: 2, pot: 3 }), all(orders))
    assert.deepEqual(first?.outcome === 'REJECTED' && first.shortages, [
      { product_id: 'pan', requested: 1, available: 0 },
      { product_id: 'pot', requested: 4, available: 3 },
    ])
    assert.equal(second?.outcome, 'RESERVED')
  })

  it('counts a product that an order names twice as one', () => {
    const orders = [order('1', ['cup', 2], ['cup', 2])]
    const [enough] = decideReservations(orders, stock({ cup: 4 }), all(orders))
    const [short] = decideReservations(orders, stock({ cup: 3 }), all(orders))
    assert.deepEqual(enough?.outcome === 'RESERVED' && enough.items, [{ product_id: 'cup', quantity: 4 }])
    assert.equal(short?.outcome, 'REJECTED')
  })

  it('leaves out orders that are not claimed, and the second of the same', () => {
    const orders = [order('1', ['cup', 1]), order('2', ['cup', 1]), order('2', ['cup', 1])]
    const decisions = decideReservations(orders, stock({ cup: 9 }), new Set(['2']))
    assert.deepEqual(
      decisions.map((decision) => decision.order.order_id),
      ['2'],
    )
  })

  it('never oversells, reserves whole orders, and rejects only for a true shortage', () => {
    const products = ['cup', 'pan', 'pot']
    const items = fc.uniqueArray(fc.tuple(fc.constantFrom(...products), fc.integer({ min: 1, max: 5 })), {
      selector: ([product]) => product,
      minLength: 1,
    })
    const counts = fc.record({ cup: fc.nat(12), pan: fc.nat(12) })
    fc.assert(
      fc.property(fc.array(items), counts, (wanted, available) => {
        const orders = wanted.map((lines, index) => order(String(index), ...lines))
        const left = new Map<string, number>(Object.entries(available))
        const decisions = decideReservations(orders, stock(available), all(orders))
        assert.equal(decisions.length, orders.length)
        for (const decision of decisions) {
          if (decision.outcome === 'RESERVED') {
            assert.deepEqual(decision.items, decision.order.items)
            for (const { product_id, quantity } of decision.items) {
              left.set(product_id, (left.get(product_id) ?? 0) - quantity)
              assert.ok((left.get(product_id) ?? 0) >= 0)
            }
          } else {
            assert.ok(decision.shortages.length > 0)
            for (const { product_id, requested, available: seen } of decision.shortages) {
              assert.equal(requested, sumOf(decision.order.items, product_id))
              assert.equal(seen, left.get(product_id) ?? 0)
              assert.ok(seen < requested)
            }
          }
        }
      }),
    )
  })
})

const command = (order_id: string) => ({ order_id, user_id: 'ann' })
const items = [{ product_id: 'cup', quantity: 2 }]

describe('decideReleases', () => {
  it('gives back what was reserved, once, and confirms each command with it', () => {
    const [first, second] = decideReleases([command('1'), command('1')], [{ order_id: '1', status: 'RESERVED', items }])
    assert.deepEqual([first?.release, second?.release], [true, false])
    assert.deepEqual([first?.items, second?.items], [items, items])
  })

  it('confirms what went back before with the same items', () => {
    const decided = decideReleases([command('1')], [{ order_id: '1', status: 'RELEASED', items }])
    assert.deepEqual(decided, [{ release: false, command: command('1'), items }])
  })

  it('confirms with nothing what never was put aside', () => {
    for (const status of ['REJECTED', 'VOIDED'] as const) {
      const decided = decideReleases([command('1')], [{ order_id: '1', status, items: [] }])
      assert.deepEqual(decided, [{ release: false, command: command('1'), items: [] }])
    }
  })

  it('gives back each reservation at most once, and answers every command', () => {
    const reservations: Reservation[] = (['RESERVED', 'RELEASED', 'REJECTED', 'VOIDED'] as const).map((status) => ({
      order_id: status,
      status,
      items: status === 'RESERVED' || status === 'RELEASED' ? items : [],
    }))
    const ids = fc.array(fc.constantFrom('RESERVED', 'RELEASED', 'REJECTED', 'VOIDED'))
    fc.assert(
      fc.property(ids, (orders) => {
        const decided = decideReleases(orders.map(command), reservations)
        assert.deepEqual(
          decided.map((decision) => decision.command.order_id),
          orders,
        )
        const given = decided.filter(({ release }) => release).map((decision) => decision.command.order_id)
        assert.deepEqual(given, orders.includes('RESERVED') ? ['RESERVED'] : [])
      }),
    )
  })
})
