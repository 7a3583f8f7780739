// GET /api/operations/events: everything that happens from now on. Without memory: what a reader misses is in the history.
import { topology } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import { eventFeed } from './event-feed.ts'
import { openEventStream, takeSeat } from './event-stream.ts'
import type { Handler } from './handler.ts'

/** Milliseconds of a frame: hundreds of events a second cost a reader twenty wake-ups. */
const frameEvery = 50

const types: readonly string[] = topology['api-gateway'].watches.map(({ type }) => type)

export const handleFollowEvents: Handler<'followEvents'> = async (asked, gateway) => {
  const { query, caller } = asked
  if (query.type !== undefined && !types.includes(query.type))
    return reject('invalid_request', `type: there is no event "${query.type}"; one of ${types.join(', ')}.`)
  const leave = takeSeat(gateway, caller.user_id)
  if (leave instanceof Rejection) return leave
  const feed = eventFeed(query)
  const unfollow = gateway.events.followAll(feed.take)
  const frames = setInterval(() => {
    if (!stream.isFull) stream.send(feed.frame())
  }, frameEvery)
  const stream = openEventStream(asked, gateway, {
    onEnd: () => {
      clearInterval(frames)
      unfollow()
      leave()
    },
  })
  return stream.body
}
