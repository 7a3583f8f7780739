// An order's journey as server-sent events: what is told, in which form, and never twice. Where it comes from is others'.
// Format: HTML Living Standard, 9.2 "Server-sent events".
import {
  detailOf,
  isFinal,
  type OrderStatus,
  statusAfter,
  statusRank,
  type TimelineEntry,
} from '@deliveryflow/contracts'
import type { OrderEvent } from './live-events.ts'

export type OrderFeed = {
  /** The text to send for these entries, oldest first: those told before are left out. */
  tell(entries: readonly TimelineEntry[]): string
  /** Whether telling this entry now would leave out a status in between. */
  leavesOut(entry: TimelineEntry): boolean
  /** Whether the order is final: nothing is to come. */
  readonly ended: boolean
}

/**
 * Starts the feed of one order. `lastEventId`: what the client has seen already; up to that entry of the first entries told
 * nothing is sent. When it is not among them all are sent: a client can tell by the ids, and none is missed.
 */
export const orderFeed = (orderId: string, lastEventId?: string): OrderFeed => {
  const told = new Set<string>()
  let seen = lastEventId
  let status: OrderStatus | undefined
  return {
    tell: (entries) => {
      const start = seen === undefined ? 0 : entries.findIndex(({ event_id }) => event_id === seen) + 1
      if (entries.length > 0) seen = undefined
      let text = ''
      for (const [index, entry] of entries.entries()) {
        if (told.has(entry.event_id)) continue
        told.add(entry.event_id)
        const moved = entry.status !== null && (status === undefined || statusRank[entry.status] > statusRank[status])
        if (moved && entry.status) status = entry.status
        if (index >= start) text += moved ? statusFrame(orderId, entry) : updateFrame(orderId, entry)
      }
      return text
    },
    leavesOut: (entry) =>
      entry.status !== null &&
      entry.status !== 'CANCELLED' &&
      !told.has(entry.event_id) &&
      statusRank[entry.status] > (status === undefined ? 0 : statusRank[status] + 1),
    get ended() {
      return status !== undefined && isFinal(status)
    },
  }
}

/** A live event in the form of a stored one. */
export const entryOf = (event: OrderEvent): TimelineEntry => ({
  event_id: event.id,
  type: event.type,
  at: event.time.toISOString(),
  status: statusAfter(event.type, event.data),
  detail: detailOf(event),
})

const frame = (event: 'status' | 'update', id: string, data: object) =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`

const statusFrame = (order_id: string, { event_id, type, at, status, detail }: TimelineEntry) => {
  const reason = typeof detail.reason === 'string' ? { reason: detail.reason } : {}
  return frame('status', event_id, { order_id, status, ...reason, type, at, detail })
}

const updateFrame = (order_id: string, { event_id, type, at, detail }: TimelineEntry) =>
  frame('update', event_id, { order_id, type, at, detail })
