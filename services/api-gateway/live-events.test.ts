import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type LiveEvent, liveEvents } from './live-events.ts'

/** The hub, with the wire it listens on in the test's hand. */
const hub = () => {
  let wanted: (orderId: string) => boolean = () => false
  let deliver: (event: LiveEvent) => void = () => undefined
  const events = liveEvents((wants, onEvent) => {
    wanted = wants
    deliver = onEvent as typeof deliver
    return { stop: () => undefined }
  })
  const happen = (orderId: string, type: LiveEvent['type']) => {
    if (wanted(orderId)) deliver({ aggregate: orderId, type } as LiveEvent)
  }
  return { events, happen, wanted: (orderId: string) => wanted(orderId) }
}

describe('liveEvents', () => {
  it('hands each follower the events of its order, and wants none of others', () => {
    const { events, happen, wanted } = hub()
    const seen: string[] = []
    const unfollowFirst = events.follow('a', ({ type }) => seen.push(`first ${type}`))
    const unfollowSecond = events.follow('a', ({ type }) => seen.push(`second ${type}`))
    happen('a', 'order_created')
    unfollowFirst()
    happen('b', 'order_created')
    happen('a', 'order_paid')
    unfollowSecond()
    assert.deepEqual(seen, ['first order_created', 'second order_created', 'second order_paid'])
    assert.equal(wanted('a'), false)
  })

  it('misses nothing of an order whose id becomes known after its first events', () => {
    const { events, happen, wanted } = hub()
    const seen: string[] = []
    const recording = events.record()
    happen('a', 'order_created')
    happen('b', 'order_created')
    happen('a', 'inventory_reserved')
    const unfollow = recording.follow('a', ({ type }) => seen.push(type))
    assert.equal(wanted('b'), false, 'nothing else is recorded any more')
    happen('a', 'order_paid')
    unfollow()
    recording.end()
    assert.deepEqual(seen, ['order_created', 'inventory_reserved', 'order_paid'])
  })

  it('hands all that happens to who follows all; to who follows an order its journey alone', () => {
    const { events, happen, wanted } = hub()
    const [all, ofOrder]: [string[], string[]] = [[], []]
    const unfollowAll = events.followAll(({ type }) => all.push(type))
    const unfollow = events.follow('a', ({ type }) => ofOrder.push(type))
    happen('a', 'order_created')
    happen('a', 'step_timed_out')
    happen('b', 'user_registered')
    unfollowAll()
    happen('a', 'order_cancelled')
    unfollow()
    assert.deepEqual(all, ['order_created', 'step_timed_out', 'user_registered'])
    assert.deepEqual(ofOrder, ['order_created', 'order_cancelled'])
    assert.equal(wanted('b'), false)
  })

  it('records no more once a recording is ended without an order', () => {
    const { events, wanted } = hub()
    const recording = events.record()
    assert.equal(wanted('any'), true)
    recording.end()
    assert.equal(wanted('any'), false)
  })
})
