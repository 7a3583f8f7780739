// The events of orders as they happen, handed to who follows one. Subscribed once for the process, however many follow.
import type { topology } from '@deliveryflow/contracts'
import type { Message, Watch } from '@deliveryflow/kit'

type Watched = (typeof topology)['api-gateway']['watches'][number]

/** A live event of an order's journey. */
export type OrderEvent = Watched extends infer M extends Watched ? (M extends Watched ? Message<M> : never) : never

type Listener = (event: OrderEvent) => void

/** Events since a moment when the order's id was not known yet. */
export type Recording = {
  /** Hands over what was recorded for this order, and then what happens; returns the function that ends it. */
  follow(orderId: string, listener: Listener): () => void
  /** Forgets what was recorded. */
  end(): void
}

export type OrderEvents = {
  /** Hands over what happens to an order from now on; returns the function that ends it. May tell an event twice. */
  follow(orderId: string, listener: Listener): () => void
  /** Starts to keep all orders' events: begun before an order is made, it misses none of it. To be ended soon. */
  record(): Recording
  stop(): void
}

/** Starts watching. */
export const orderEvents = (watch: Watch<Watched>): OrderEvents => {
  const listeners = new Map<string, Set<Listener>>()
  const recordings = new Set<OrderEvent[]>()
  const { stop } = watch(
    (orderId) => recordings.size > 0 || listeners.has(orderId),
    (event) => {
      for (const recording of recordings) recording.push(event)
      for (const listener of listeners.get(event.aggregate) ?? []) listener(event)
    },
  )

  const follow = (orderId: string, listener: Listener) => {
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
    stop,
  }
}
