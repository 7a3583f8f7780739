import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { getTimeline } from '@deliveryflow/contracts'
import fc from 'fast-check'
import { entryOf, fold } from './domain.ts'
import { history, journeyOf, uuid } from './testing.ts'

const journey = () => journeyOf({ order: 1, user: 2, amount: 500, at: 0 })
const viewOf = (events: Parameters<typeof fold>[0]) => fold(events).get(uuid(1))

describe('fold', () => {
  it('follows an order to its completion', () => {
    const events = journey().completed()
    const seen = events.map((_, n) => viewOf(events.slice(0, n + 1))?.status)
    assert.deepEqual(seen, [
      'PENDING',
      'RESERVED',
      'RESERVED',
      'PAID',
      'PAID',
      'IN_DELIVERY',
      'IN_DELIVERY',
      'IN_DELIVERY',
      'COMPLETED',
    ])
    const view = viewOf(events)
    assert.equal(view?.payment_id, uuid(2001))
    assert.equal(view?.reason, null)
    assert.deepEqual(view?.content?.created_at, events[0]?.time)
    assert.deepEqual(view?.updated_at, events.at(-1)?.time)
  })

  it('keeps the reason of a cancellation, and the payment that was given back', () => {
    const { status, reason, payment_id } = viewOf(journey().undelivered()) ?? {}
    assert.deepEqual([status, reason, payment_id], ['CANCELLED', 'DELIVERY_FAILED', uuid(2001)])
    assert.equal(viewOf(journey().unpaid())?.payment_id, null)
  })

  it('has no content before order_created was seen, whatever came before it', () => {
    const [created, ...others] = journey().completed()
    assert.ok(created)
    assert.equal(viewOf(others)?.content, null)
    assert.deepEqual(viewOf([...others, created]), viewOf([created, ...others]))
  })

  it('gives the same views in any order, with any events twice, in any batches', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 10 }), ({ seen, happened }, size) => {
        const expected = fold(happened)
        let views = fold([])
        for (let n = 0; n < seen.length; n += size) views = fold(seen.slice(n, n + size), [...views.values()])
        assert.deepEqual(new Map([...views].sort()), new Map([...expected].sort()))
      }),
      { numRuns: 300 },
    )
  })
})

describe('entryOf', () => {
  it('makes lines that the contract takes, each with what the order became by it', () => {
    const entries = journey().undelivered().map(entryOf)
    getTimeline.output.parse({ order_id: uuid(1), entries })
    assert.deepEqual(
      entries.map(({ status }) => status),
      ['PENDING', 'RESERVED', null, 'PAID', null, 'IN_DELIVERY', null, null, null, 'CANCELLED'],
    )
  })

  it('tells the courier by name and nobody’s address or id', () => {
    const told = JSON.stringify(
      journey()
        .completed()
        .map((event) => entryOf(event).detail),
    )
    assert.match(told, /"courier":"Carl"/)
    assert.doesNotMatch(told, /Linden|courier_id|user_id/)
  })
})
