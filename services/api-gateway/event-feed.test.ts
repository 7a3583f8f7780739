import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { liveEvents } from '@deliveryflow/contracts'
import { eventFeed } from './event-feed.ts'
import type { LiveEvent } from './live-events.ts'

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const event = (n: number, type = 'order_created', of: Partial<LiveEvent> = {}) =>
  ({
    ...{ id: id(n), type, source: 'order', aggregate: id(1), correlation_id: id(1), causation_id: null },
    ...{ time: new Date(0), data: { order_id: id(1) } },
    ...of,
  }) as LiveEvent
const read = (frame: string) => {
  const [, data = ''] = /^event: events\ndata: (.*)\n\n$/.exec(frame) ?? assert.fail(frame)
  return liveEvents.parse(JSON.parse(data))
}
const idsOf = (frame: string) => read(frame).events.map((one) => one.id)

describe('eventFeed', () => {
  it('puts what came since the last frame into the next', () => {
    const feed = eventFeed({})
    assert.equal(feed.frame(), '')
    feed.take(event(5))
    feed.take(event(6, 'user_registered', { data: {} } as Partial<LiveEvent>))
    assert.deepEqual(idsOf(feed.frame()), [id(5), id(6)])
    assert.equal(feed.frame(), '')
  })

  it('keeps the newest for a reader that is slow, and counts those it left out', () => {
    const feed = eventFeed({})
    for (let n = 1; n <= 1500; n++) feed.take(event(n))
    const { events, left_out } = read(feed.frame())
    assert.deepEqual([events.length, events[0]?.id, left_out], [1000, id(501), 500])
    feed.take(event(2000))
    assert.equal(read(feed.frame()).left_out, 0)
  })

  it('tells of one type, or of one order by whatever ties an event to it', () => {
    const ofType = eventFeed({ type: 'order_paid' })
    ofType.take(event(1))
    ofType.take(event(2, 'order_paid'))
    assert.deepEqual(idsOf(ofType.frame()), [id(2)])

    const ofOrder = eventFeed({ order_id: id(9) })
    ofOrder.take(event(1))
    ofOrder.take(event(2, 'order_paid', { aggregate: id(9) }))
    ofOrder.take(event(3, 'review_created', { correlation_id: id(9) }))
    ofOrder.take(event(4, 'review_created', { data: { order_id: id(9) } } as Partial<LiveEvent>))
    assert.deepEqual(idsOf(ofOrder.frame()), [id(2), id(3), id(4)])
  })
})
