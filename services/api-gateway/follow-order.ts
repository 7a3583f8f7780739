// GET /api/orders/{id}/events: what has happened so far, then each change as it happens, until the order is final.
//
// No gap and nothing twice: live events are heard before the stored timeline is read, and the feed knows each by its id. The
// timeline lags a little behind and watching may lose an event, so it is read again after a second, at each heartbeat, and
// before the end.
import { setTimeout as sleep } from 'node:timers/promises'
import { getOrderStatus, getTimeline, isFinal, type TimelineEntry } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import { openEventStream, takeSeat } from './event-stream.ts'
import type { Handler } from './handler.ts'
import { entryOf, orderFeed } from './order-feed.ts'

const readAgainAfter = 1000
const patience = 20

export const handleFollowOrder: Handler<'followOrder'> = async (asked, gateway) => {
  const { params, headers, caller, http } = asked
  const { order_id } = params
  const order = await gateway.call(getOrderStatus, { order_id }, { caller })
  if (order instanceof Rejection) return order
  const leave = takeSeat(gateway, caller.user_id)
  if (leave instanceof Rejection) return leave

  const feed = orderFeed(order_id, headers['last-event-id'])
  const early: TimelineEntry[] = []
  let hear = (entry: TimelineEntry): void => {
    early.push(entry)
  }
  const unfollow = gateway.events.follow(order_id, (event) => hear(entryOf(event)))
  const stored = async (): Promise<TimelineEntry[]> => {
    try {
      const timeline = await gateway.call(getTimeline, { order_id }, { caller })
      return timeline instanceof Rejection ? [] : timeline.entries // Not found: the history has not heard of it yet.
    } catch (error) {
      gateway.log.debug({ err: error }, 'the timeline could not be read; it is tried again')
      return []
    }
  }
  const begun = async (): Promise<TimelineEntry[]> => {
    for (let attempt = 1; ; attempt++) {
      const entries = await stored()
      if (entries.length > 0 || attempt === patience) return entries
      await sleep(50) // An order just placed: the history hears of it within moments, and the feed begins at its beginning.
    }
  }
  const first = feed.tell(await begun())
  if (first === '' && feed.ended) {
    unfollow()
    leave()
    http.status = 204 // All of it was seen: tells an EventSource not to come back.
    return undefined
  }

  const stream = openEventStream(asked, gateway, {
    onBeat: () => void readAgain(),
    onEnd: () => {
      clearTimeout(again)
      unfollow()
      leave()
    },
  })
  const send = (text: string) => {
    stream.send(text)
    if (feed.ended) stream.end()
  }
  const readAgain = async () => send(feed.tell(await stored()))
  const again = setTimeout(readAgain, readAgainAfter)
  /** Before a status that leaves one out, or the last one, comes what the history knows: it holds events in their order. */
  const tellInOrder = async (entry: TimelineEntry) => {
    if (entry.status && isFinal(entry.status)) send(feed.tell(await stored()))
    for (let attempt = 1; attempt <= patience && feed.leavesOut(entry); attempt++) {
      if (attempt > 1) await sleep(50)
      send(feed.tell(await stored()))
    }
    send(feed.tell([entry]))
  }
  let telling = Promise.resolve()
  hear = (entry) => {
    telling = telling.then(() => tellInOrder(entry))
  }
  send(first)
  early.forEach(hear)
  return stream.body
}
