// What the index keeps of an event, and which types of events there are. Pure.
import { id, topology } from '@deliveryflow/contracts'

/** An event at its place in the history. */
export type Happened = {
  readonly sequence: number
  readonly id: string
  readonly type: string
  readonly source: string
  readonly aggregate: string
  readonly correlation_id: string
  readonly causation_id: string | null
  readonly time: Date
  readonly data: Readonly<Record<string, unknown>>
}

/** A row of the index. `correlated`: an id that may be that of an order; the index knows whether it is. */
export type IndexRow = {
  sequence: number
  event_id: string
  type: string
  source: string
  subject: string
  order_id: string | null
  user_id: string | null
  correlated: string | null
  correlation_id: string
  causation_id: string | null
  time: Date
  data: Readonly<Record<string, unknown>>
}

/**
 * What the index keeps of an event. Order and user are those of the data; an event that names no order may still belong
 * to one by its correlation, unless that is the event's own aggregate or user, where every journey of theirs begins.
 */
export const indexRowOf = (event: Happened): IndexRow => {
  const order_id = idIn(event.data.order_id)
  const user_id = idIn(event.data.user_id)
  const own = [event.aggregate, user_id].includes(event.correlation_id)
  return {
    sequence: event.sequence,
    event_id: event.id,
    type: event.type,
    source: event.source,
    subject: event.aggregate,
    order_id,
    user_id,
    correlated: order_id === null && !own ? idIn(event.correlation_id) : null,
    correlation_id: event.correlation_id,
    causation_id: event.causation_id,
    time: event.time,
    data: event.data,
  }
}

const idIn = (value: unknown): string | null => id.safeParse(value).data ?? null

/** The types of events that are in the history. */
export const eventTypes: readonly string[] = topology.audit.hears.map(({ type }) => type)

/** Why no event can match, as a sentence, or null when one can. */
export const impossible = (filter: {
  type?: string | undefined
  from: Date | null
  to: Date | null
}): string | null => {
  if (filter.type !== undefined && !eventTypes.includes(filter.type)) {
    return `type: there is no event "${filter.type}"; one of ${eventTypes.join(', ')}.`
  }
  return filter.from && filter.to && filter.from > filter.to ? 'from: must not be later than to.' : null
}
