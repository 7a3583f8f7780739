// The SQL of the index: records enter it by sets and are read in their order.
import { type Queryable, rowsOf, statement } from '@deliveryflow/kit'
import { hashOf, type StoredRecord } from '@deliveryflow/kit/history/record'
import { type IndexRow, indexRowOf } from './domain.ts'

const insert = statement<[events: string]>(
  'insert_events',
  `insert into events (sequence, nats_subject, headers, data, body, hash, stored_at, event_id, type, source, subject, order_id,
     user_id, correlation_id, causation_id, time)
   select sequence, nats_subject, headers::json, data::json, decode(body, 'hex'), decode(hash, 'hex'), stored_at, event_id, type,
     source, subject, order_id, user_id, correlation_id, causation_id, time
   from json_to_recordset($1::json) as t(sequence bigint, nats_subject text, headers text, data text, body text, hash text,
     stored_at timestamptz, event_id uuid, type text, source text, subject text, order_id uuid, user_id uuid,
     correlation_id text, causation_id text, time timestamptz)
   order by sequence
   on conflict (sequence) do nothing`,
)

const strangers = statement<[events: string], { sequence: number }>(
  'find_strangers',
  `select sequence from events join json_to_recordset($1::json) as t(sequence bigint, entered text) using (sequence)
   where hash <> decode(entered, 'hex') limit 1`,
)

/** A record with its hash, as it enters the index. */
export type Hashed = { readonly record: StoredRecord; readonly hash: Buffer }

export const hashed = (record: StoredRecord): Hashed => ({ record, hash: hashOf(record) })

/** Enters records at places that are free; what is there stays as it is. `json`, not `jsonb`, so that the text of the data is kept. */
export const insertWhereFree = (db: Queryable, records: readonly Hashed[]): Promise<unknown> =>
  insert(
    db,
    rowsOf(
      records.map(({ record, hash }) => {
        const row = indexRowOf(record)
        return { ...row, body: row.body?.toString('hex') ?? null, hash: hash.toString('hex') }
      }),
    ),
  )

/**
 * Enters records. One that is there stays as it is. Throws for another record at a place that is taken, which is never dropped in
 * silence: it would mean that the stream began anew.
 */
export const insertEvents = async (db: Queryable, records: readonly Hashed[]): Promise<void> => {
  await insertWhereFree(db, records)
  const entered = records.map(({ record, hash }) => ({ sequence: record.sequence, entered: hash.toString('hex') }))
  const [stranger] = await strangers(db, rowsOf(entered))
  if (stranger)
    throw new Error(`Place ${stranger.sequence} of the history holds another record: the stream began anew.`)
}

/** A record as the index keeps it: its columns, and what is read of them. */
export type RecordRow = Omit<StoredRecord, 'headers' | 'body'> & {
  readonly headers: string
  readonly data: string | null
  readonly body: Buffer | null
}
export const recordColumns = `sequence, nats_subject as subject, headers::text as headers, data::text as data, body,
     coalesce(stored_at, received_at) as stored_at`

/** The record of such a row, byte for byte. */
export const recordOf = <Row extends RecordRow>({ headers, data, body, ...row }: Row) => ({
  ...row,
  headers: JSON.parse(headers) as [string, string][],
  body: body ?? Buffer.from(data ?? ''),
})

/**
 * The places behind the last seal that hold no record, though the history has gone on behind them or the stream begins behind them. In their
 * order.
 */
export const emptyPlaces = statement<[stream_begins: number], { place: number }>(
  'empty_places',
  `with sealed as (select coalesce((select max(sequence) from seals), (select min(sequence) - 1 from events)) as last)
   select place from sealed, generate_series(sealed.last + 1, greatest((select max(sequence) from events), $1 - 1)) as place
   where not exists (select from events where sequence = place) order by place`,
)

const selectLast = statement<[], { last: number | null }>('last_entered', 'select max(sequence) as last from events')

/** The last place that is entered; 0 where none is. */
export const lastEntered = async (db: Queryable): Promise<number> => (await selectLast(db))[0]?.last ?? 0

/** An event as it is read back. */
export type EventRow = Pick<
  IndexRow,
  | 'sequence'
  | 'event_id'
  | 'type'
  | 'source'
  | 'subject'
  | 'order_id'
  | 'user_id'
  | 'correlation_id'
  | 'causation_id'
  | 'time'
> & { data: unknown }

type ListParameters = [
  cursor: number,
  order_id: string | null,
  user_id: string | null,
  type: string | null,
  from: Date | null,
  to: Date | null,
  correlation_id: string | null,
  aggregate: string | null,
  limit: number,
]

/**
 * A list in the order of the history behind a place, and one that goes back from a place; every parameter but `cursor` and `limit` may be
 * null. One statement for each way to the events, for in a single one the generic plan, which knows no parameter, would have to read the
 * whole history.
 */
const list = (name: string, where: string, using = '') => {
  const towards = (order: 'asc' | 'desc') =>
    statement<ListParameters, EventRow>(
      order === 'asc' ? name : `${name}_backwards`,
      `${using} select sequence, event_id, type, source, subject, order_id, user_id, correlation_id, causation_id, time, data
       from events
       where sequence ${order === 'asc' ? '>' : '<'} $1 and ${where}
         and ($2::uuid is null or order_id = $2)
         and ($3::uuid is null or user_id = $3)
         and ($4::text is null or type = $4)
         and ($5::timestamptz is null or time >= $5)
         and ($6::timestamptz is null or time <= $6)
         and ($7::text is null or correlation_id = $7)
         and ($8::text is null or subject = $8)
       order by sequence ${order} limit $9`,
    )
  return { asc: towards('asc'), desc: towards('desc') }
}

export const listOfOrder = list('list_events_of_order', 'order_id = $2')
export const listOfUser = list('list_events_of_user', 'user_id = $3')
export const listOfJourney = list('list_events_of_journey', 'correlation_id = $7')
export const listOfAggregate = list('list_events_of_aggregate', 'subject = $8')
export const listOfType = list('list_events_of_type', 'type = $4')
export const listAll = list('list_all_events', 'true')

/**
 * The events of a time range. Times are only almost in the order of the history, so the range is first looked up by time
 * and becomes one of sequences; without that, everything before it, and after its last event, would be read. The look-up
 * ends at 100,000 events: a longer range is found by reading on from the cursor, which its own length outweighs.
 */
export const listOfTime = list(
  'list_events_of_time',
  'sequence >= (select first from span) and sequence <= (select last from span)',
  `with span as materialized (
     select case when count(*) <= 100000 then min(sequence) else 0 end as first,
       case when count(*) <= 100000 then max(sequence) else 9223372036854775807 end as last
     from (select sequence from events
           where time >= coalesce($5::timestamptz, '-infinity') and time <= coalesce($6::timestamptz, 'infinity')
           limit 100001) as within)`,
)
