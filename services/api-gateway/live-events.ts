// What happens, as it happens, handed to who follows an order, or all of it. Subscribed once for the process, however many follow.
import { topology } from '@deliveryflow/contracts'
import type { Message, Watch } from '@deliveryflow/kit'

type MessageOf<M> = M extends (typeof topology)['api-gateway']['watches'][number] ? Message<M> : never

/** A live event. */
export type LiveEvent = MessageOf<(typeof topology)['api-gateway']['watches'][number]>

/** A live event of an order's journey. */
export type OrderEvent = MessageOf<(typeof topology)['order-history']['hears'][number]>

type Listener<Event> = (event: Event) => void

/** Events since a moment when the order's id was not known yet. */
export type Recording = {
  /** Hands over what was recorded for this order, and then what happens; returns the function that ends it. */
  follow(orderId: string, listener: Listener<OrderEvent>): () => void
  /** Forgets what was recorded. */
  end(): void
}

export type LiveEvents = {
  /** Hands over what happens to an order from now on; returns the function that ends it. May tell an event twice. */
  follow(orderId: string, listener: Listener<OrderEvent>): () => void
  /** Starts to keep all orders' events: begun before an order is made, it misses none of it. To be ended soon. */
  record(): Recording
  /** Hands over every event from now on; returns the function that ends it. May tell an event twice. */
  followAll(listener: Listener<LiveEvent>): () => void
  stop(): void
}

const ofJourneys: ReadonlySet<string> = new Set(topology['order-history'].hears.map(({ type }) => type))
const isOfJourney = (event: LiveEvent): event is OrderEvent => ofJourneys.has(event.type)

/** Starts watching. */
export const liveEvents = (watch: Watch<(typeof topology)['api-gateway']['watches'][number]>): LiveEvents => {
  const listeners = new Map<string, Set<Listener<OrderEvent>>>()
  const recordings = new Set<OrderEvent[]>()
  const ofAll = new Set<Listener<LiveEvent>>()
  const { stop } = watch(
    (aggregate) => ofAll.size > 0 || recordings.size > 0 || listeners.has(aggregate),
    (event) => {
      for (const listener of ofAll) listener(event)
      if (!isOfJourney(event)) return
      for (const recording of recordings) recording.push(event)
      for (const listener of listeners.get(event.aggregate) ?? []) listener(event)
    },
  )

  const follow = (orderId: string, listener: Listener<OrderEvent>) => {
    const present = listeners.get(orderId) ?? new Set()
    listeners.set(orderId, present.add(listener))
    return () => {
      present.delete(listener)
      if (present.size === 0 && listeners.get(orderId) === present) listeners.delete(orderId)
    }
  }
  return {
    follow,
    record: () => {
      const recorded: OrderEvent[] = []
      recordings.add(recorded)
      return {
        follow: (orderId, listener) => {
          recordings.delete(recorded)
          for (const event of recorded.splice(0)) if (event.aggregate === orderId) listener(event)
          return follow(orderId, listener)
        },
        end: () => void recordings.delete(recorded),
      }
    },
    followAll: (listener) => {
      ofAll.add(listener)
      return () => void ofAll.delete(listener)
    },
    stop,
  }
}
