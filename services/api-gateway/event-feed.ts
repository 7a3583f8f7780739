// Live events as frames of server-sent events: several in one, those that are asked for, and no more than a reader can take.
import type { LiveEvents } from '@deliveryflow/contracts'
import type { LiveEvent } from './live-events.ts'

export type EventFeed = {
  /** Keeps an event for the next frame. Of more than there is room for the oldest are left out, and counted. */
  take(event: LiveEvent): void
  /** The text of what was kept since the last frame; empty where that is nothing. */
  frame(): string
}

/** How many events wait for a reader that is slow. */
const room = 1000

/** Starts a feed of the events of one type, or of one order, where that is asked for. */
export const eventFeed = ({
  type,
  order_id,
}: {
  type?: string | undefined
  order_id?: string | undefined
}): EventFeed => {
  let kept: LiveEvent[] = []
  let left_out = 0
  return {
    take: (event) => {
      if (type !== undefined && event.type !== type) return
      if (order_id !== undefined && !isOf(order_id, event)) return
      if (kept.push(event) <= room) return
      kept.shift()
      left_out++
    },
    frame: () => {
      if (kept.length === 0) return ''
      const data: LiveEvents = { events: kept.map(viewOf), left_out }
      kept = []
      left_out = 0
      return `event: events\ndata: ${JSON.stringify(data)}\n\n`
    },
  }
}

const isOf = (order_id: string, { aggregate, correlation_id, data }: LiveEvent): boolean =>
  aggregate === order_id || correlation_id === order_id || ('order_id' in data && data.order_id === order_id)

const viewOf = ({ id, type, source, aggregate, correlation_id, causation_id, time, data }: LiveEvent) => ({
  ...{ id, type, source, aggregate, correlation_id, causation_id },
  time: time.toISOString(),
  data,
})
