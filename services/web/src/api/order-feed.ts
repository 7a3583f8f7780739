// An order followed live: server-sent events into the cache, so that whatever shows the order shows what has just happened to it.
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Order } from '../generated/api.ts'
import { openEventSource } from './event-source.ts'
import { mine, queries } from './queries.ts'

/** What happened to an order, as the feed tells it. `status`: what the order became by it, where it moved. */
export type OrderEvent = {
  event_id: string
  type: string
  at: string
  status?: Order['status']
  reason?: Order['reason']
  detail: Record<string, unknown>
}

type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended'

/**
 * Follows an order for as long as it is shown: what happened so far, then each event once, as it happens. After a broken connection it
 * goes on behind the last event it had (HTML Standard, 9.2: Last-Event-ID).
 */
export const useOrderFeed = (order_id: string): { events: readonly OrderEvent[]; connection: Connection } => {
  const cache = useQueryClient()
  const [events, setEvents] = useState<readonly OrderEvent[]>([])
  const [connection, setConnection] = useState<Connection>('connecting')

  useEffect(() => {
    const told = new Set<string>()
    setEvents([])
    setConnection('connecting')
    const source = openEventSource(`/api/orders/${order_id}/events`)
    const hear = ({ data, lastEventId }: MessageEvent<string>) => {
      if (told.has(lastEventId)) return
      told.add(lastEventId)
      const event: OrderEvent = { ...JSON.parse(data), event_id: lastEventId }
      setEvents((present) => [...present, event])
      note(cache, order_id, event)
    }
    source.addEventListener('status', hear)
    source.addEventListener('update', hear)
    source.addEventListener('open', () => setConnection('live'))
    source.addEventListener('error', ({ code }) => {
      // 204: all of it was told. Another code means that the server refuses, which no reconnecting changes.
      setConnection(code === undefined ? 'reconnecting' : 'ended')
    })
    return () => source.close()
  }, [cache, order_id])

  return { events, connection }
}

/** Events that come together ask once. */
const note = (cache: QueryClient, order_id: string, { status, reason, type, at }: OrderEvent) => {
  const { queryKey } = queries.order(order_id)
  if (status) {
    cache.setQueryData(queryKey, (order) =>
      order && order.updated_at < at ? { ...order, status, reason: reason ?? null, updated_at: at } : order,
    )
    void cache.invalidateQueries({ queryKey: [mine, 'orders'] })
  }
  if (type.startsWith('payment_')) {
    void cache.invalidateQueries({ queryKey: queries.payment(order_id).queryKey })
    void cache.invalidateQueries({ queryKey: [mine, 'wallet'] })
  }
  if (type.startsWith('delivery_')) void cache.invalidateQueries({ queryKey: queries.delivery(order_id).queryKey })
}
