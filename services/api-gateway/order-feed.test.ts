import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OrderStatus, TimelineEntry } from '@deliveryflow/contracts'
import fc from 'fast-check'
import { orderFeed } from './order-feed.ts'

const entry = (event_id: string, status: OrderStatus | null = null, detail = {}): TimelineEntry => ({
  event_id,
  type: 'something',
  at: '2026-01-01T00:00:00.000Z',
  status,
  detail,
})
const journey = [
  entry('1', 'PENDING'),
  entry('2', 'RESERVED'),
  entry('3'),
  entry('4', 'PAID'),
  entry('5', 'IN_DELIVERY'),
  entry('6', null, { delivery_status: 'DELIVERED' }),
  entry('7', 'COMPLETED'),
]
const idsIn = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)
const statusesIn = (text: string) => [...text.matchAll(/^event: status\ndata: .*?"status":"(\w+)"/gm)].map((m) => m[1])

describe('orderFeed', () => {
  it('writes an event of three lines with its id, named by whether the status moved', () => {
    const feed = orderFeed('o')
    const text = feed.tell([entry('1', 'CANCELLED', { reason: 'OUT_OF_STOCK' }), entry('2', null, { note: 'a\nb' })])
    const [first, second, rest] = text.split('\n\n')
    assert.match(first ?? '', /^id: 1\nevent: status\ndata: \{.*"status":"CANCELLED","reason":"OUT_OF_STOCK".*\}$/)
    assert.match(second ?? '', /^id: 2\nevent: update\ndata: \{.*\}$/)
    assert.equal(rest, '')
    assert.deepEqual(JSON.parse(second?.split('data: ')[1] ?? '').detail, { note: 'a\nb' })
  })

  it('sends what comes after the last one seen, and knows the status it had by then', () => {
    const feed = orderFeed('o', '4')
    assert.deepEqual(idsIn(feed.tell(journey.slice(0, 5))), ['5'])
    assert.equal(statusesIn(feed.tell([entry('late', 'RESERVED')])).length, 0)
  })

  it('sends all when the last one seen is not among them', () => {
    assert.deepEqual(idsIn(orderFeed('o', 'unknown').tell(journey)).length, journey.length)
  })

  it('is at its end, with nothing to send, for who has seen all of a final order', () => {
    const feed = orderFeed('o', '7')
    assert.equal(feed.tell(journey), '')
    assert.equal(feed.ended, true)
  })

  it('tells each event once, never moves a status back, and ends, however readings and live events fall together', () => {
    const live = fc.shuffledSubarray(journey).map((entries) => entries.map((each) => [each]))
    const readings = fc.array(fc.nat(journey.length).map((length) => journey.slice(0, length)))
    const order: OrderStatus[] = ['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED']
    fc.assert(
      fc.property(live, readings, fc.infiniteStream(fc.boolean()), (events, snapshots, coin) => {
        const feed = orderFeed('o')
        let text = ''
        const [a, b] = [[...events], [...snapshots, journey]]
        while (a.length + b.length > 0) {
          const source = a.length > 0 && (b.length === 0 || coin.next().value) ? a : b
          text += feed.tell(source.shift() ?? [])
        }
        assert.deepEqual(idsIn(text).sort(), ['1', '2', '3', '4', '5', '6', '7'])
        const ranks = statusesIn(text).map((status) => order.indexOf(status as OrderStatus))
        assert.deepEqual(ranks, [...new Set(ranks)].sort())
        assert.equal(feed.ended, true)
      }),
    )
  })
})
