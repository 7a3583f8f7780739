// Streams and consumers as rows: what `dfctl streams` and status show of them.
import { type ConsumerReading, copiesOf, lastActiveOf, type StreamReading } from '@deliveryflow/kit/messaging/streams'

/** One stream. Times are ISO 8601; null where there is no message, or where the stream cannot be read: `reason` says why. */
export type StreamRow = {
  name: string
  messages: number | null
  bytes: number | null
  first_seq: number | null
  first_time: string | null
  last_seq: number | null
  last_time: string | null
  replicas: number | null
  replicas_current: number | null
  leader: string | null
  reason: string | null
}

/** One consumer. `pending` were not delivered yet, `ack_pending` are in hand; `floor`: all up to this sequence are done. */
export type ConsumerRow = {
  stream: string
  name: string
  pending: number | null
  ack_pending: number | null
  redelivered: number | null
  floor: number | null
  last_active: string | null
  leader: string | null
  reason: string | null
}

/** The row of a stream. */
export const streamRow = ({ name, info, reason }: StreamReading): StreamRow => {
  const { state, cluster } = info ?? {}
  const copies = info && copiesOf(info)
  const some = (state?.messages ?? 0) > 0
  return {
    name,
    messages: state?.messages ?? null,
    bytes: state?.bytes ?? null,
    first_seq: state?.first_seq ?? null,
    first_time: some ? (state?.first_ts ?? null) : null,
    last_seq: state?.last_seq ?? null,
    last_time: some ? (state?.last_ts ?? null) : null,
    replicas: copies?.all ?? null,
    replicas_current: copies?.current ?? null,
    leader: cluster?.leader ?? null,
    reason,
  }
}

/** The row of a consumer. */
export const consumerRow = ({ name, stream, info, reason }: ConsumerReading): ConsumerRow => ({
  stream,
  name,
  pending: info?.num_pending ?? null,
  ack_pending: info?.num_ack_pending ?? null,
  redelivered: info?.num_redelivered ?? null,
  floor: info?.ack_floor.stream_seq ?? null,
  last_active: info && lastActiveOf(info),
  leader: info?.cluster?.leader ?? null,
  reason,
})
