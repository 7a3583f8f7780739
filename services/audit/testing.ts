// Records for audit's tests: an event as its service says it, at a place of the history.
import type { StoredRecord } from '@deliveryflow/kit/history/record'

/** What a test says of an event; the rest is as every event has it. */
export type Happened = {
  sequence: number
  id: string
  type: string
  aggregate: string
  correlation_id: string
  causation_id: string | null
  time: Date
  data: Record<string, unknown>
}

export const recordOf = ({
  sequence,
  id,
  type,
  aggregate,
  correlation_id,
  causation_id,
  time,
  data,
}: Happened): StoredRecord => ({
  sequence,
  subject: `events.${type}`,
  headers: [
    ['ce-id', id],
    ['ce-type', type],
    ['ce-source', 'order'],
    ['ce-subject', aggregate],
    ['ce-time', time.toISOString()],
    ['ce-correlationid', correlation_id],
    ...(causation_id === null ? [] : [['ce-causationid', causation_id] as const]),
  ],
  body: Buffer.from(JSON.stringify(data)),
  stored_at: time,
})
