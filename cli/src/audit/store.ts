// The SQL over audit's database: the records of the history as the index knows them, by selection and by time.
import { statement } from '@deliveryflow/kit/postgres/statement'

/** A record as the index knows it. `data`: text of JSON; null where the body is none. `headers`: [[name, value], …] as JSON. */
export type IndexedRow = {
  sequence: number
  type: string
  id: string | null
  source: string
  aggregate: string
  correlation_id: string
  causation_id: string | null
  time: Date
  data: string | null
  body: Buffer | null
  headers: string | null
}

/** What selects; a parameter that is null does not. */
export type Chosen = [
  order_id: string | null,
  user_id: string | null,
  types: string[] | null,
  correlation_id: string | null,
  aggregate: string | null,
  since: Date | null,
  until: Date | null,
  causation_id: string | null,
]

/** The condition of `Chosen`, which stands at the third parameter. */
const isChosen = `($3::uuid is null or order_id = $3)
     and ($4::uuid is null or user_id = $4)
     and ($5::text[] is null or type = any($5))
     and ($6::text is null or correlation_id = $6)
     and ($7::text is null or subject = $7)
     and ($8::timestamptz is null or time >= $8)
     and ($9::timestamptz is null or time <= $9)
     and ($10::text is null or causation_id = $10)`

/** A page of a selection behind a place, in the order of the history. */
export const selectRecords = statement<[after: number, to: number, ...Chosen, limit: number], IndexedRow>(
  'select_records',
  `select sequence, type, event_id as id, source, subject as aggregate, correlation_id, causation_id, time, data::text as data,
     body, headers::text as headers
   from events
   where sequence > $1 and sequence <= $2
     and ${isChosen}
   order by sequence limit $11`,
)

/** How many records of each type a selection holds, between two places. */
export const countRecords = statement<
  [from: number, to: number, ...Chosen],
  { type: string; records: number; bytes: number; first: Date; last: Date; last_sequence: number }
>(
  'count_records',
  `select type, count(*) as records, sum(length(coalesce(data::text, '')) + coalesce(length(body), 0)) as bytes, min(time) as first,
     max(time) as last, max(sequence) as last_sequence
   from events
   where sequence >= $1 and sequence <= $2
     and ${isChosen}
   group by type order by count(*) desc, type`,
)

/** When a place, or the first one behind it, was stored. */
export const storedAt = statement<[sequence: number], { at: Date }>(
  'stored_at',
  'select coalesce(stored_at, received_at) as at from events where sequence >= $1 order by sequence limit 1',
)
