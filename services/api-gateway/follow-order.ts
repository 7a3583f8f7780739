// GET /api/orders/{id}/events: what has happened so far, then each change as it happens, until the order is final.
//
// No gap and nothing twice: live events are heard before the stored timeline is read, and the feed knows each by its id. The
// timeline lags a little behind and watching may lose an event, so it is read again after a second, at each heartbeat, and
// before the end.
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { getOrderStatus, getTimeline, isFinal, type TimelineEntry } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import type { Gateway, Handler } from './handler.ts'
import { entryOf, heartbeat, orderFeed, retry } from './order-feed.ts'

const readAgainAfter = 1000
const patience = 20
const heartbeatEvery = 15_000

export const handleFollowOrder: Handler<'followOrder'> = async (asked, gateway) => {
  const { params, headers, caller, expires_at, http } = asked
  const { order_id } = params
  const order = await gateway.call(getOrderStatus, { order_id }, { caller })
  if (order instanceof Rejection) return order
  const leave = takeSeat(gateway, caller.user_id)
  if (!leave) {
    return reject('too_many_requests', `You follow ${gateway.streams_per_user} orders already; close one of them.`)
  }

  const feed = orderFeed(order_id, headers['last-event-id'])
  const early: TimelineEntry[] = []
  let hear = (entry: TimelineEntry): void => {
    early.push(entry)
  }
  const unfollow = gateway.orders.follow(order_id, (event) => hear(entryOf(event)))
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

  const stream = new PassThrough()
  const end = () => {
    clearTimeout(again)
    clearTimeout(expiry)
    clearInterval(beat)
    unfollow()
    forget()
    leave()
    stream.end()
  }
  const send = (text: string) => {
    if (text !== '' && stream.writable) stream.write(text)
    if (feed.ended) end()
  }
  const readAgain = async () => send(feed.tell(await stored()))
  const again = setTimeout(readAgain, readAgainAfter)
  const beat = setInterval(() => {
    send(heartbeat)
    void readAgain()
  }, heartbeatEvery)
  // Whoever may no longer ask may no longer listen.
  const expiry = setTimeout(end, expires_at - Date.now())
  const forget = gateway.held.add(end)
  stream.on('close', end)
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
  send(retry + first)
  early.forEach(hear)

  http.set('Content-Type', 'text/event-stream')
  http.set('Cache-Control', 'no-store, no-transform')
  http.set('X-Accel-Buffering', 'no') // nginx would hold events back.
  return stream
}

/** One more stream of this user, or undefined when that is too many; returns the function that gives it back, once. */
const takeSeat = ({ streams, streams_per_user }: Gateway, userId: string): (() => void) | undefined => {
  const taken = streams.get(userId) ?? 0
  if (taken >= streams_per_user) return undefined
  streams.set(userId, taken + 1)
  let given = false
  return () => {
    if (given) return
    given = true
    const left = (streams.get(userId) ?? 1) - 1
    if (left > 0) streams.set(userId, left)
    else streams.delete(userId)
  }
}
