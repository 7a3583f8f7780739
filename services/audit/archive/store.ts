// The SQL of the archive: which stretches of the history are in it, which one is next, and its records as they lie in the index.
import { statement } from '@deliveryflow/kit'
import { type RecordRow, recordColumns } from '../store.ts'

/** A segment as it is noted; nulls until it is known to be stored. */
export type SegmentRow = {
  first_sequence: number
  last_sequence: number
  name: string
  records: number | null
  bytes: number | null
  sha256: Buffer | null
  archived_at: Date | null
}

const columns = 'first_sequence, last_sequence, name, records, bytes, sha256, archived_at'

/**
 * The stretch that comes next, up to a checkpoint: `after` is the place before it, `oldest` when its first record was stored, `complete`
 * whether there are as many records behind it as a segment takes. No row where nothing is signed behind what is archived.
 */
export const nextStretch = statement<
  [records: number],
  { after: number; last: number; oldest: Date | null; complete: boolean }
>(
  'next_stretch_to_archive',
  `with reached as (
     select coalesce((select max(last_sequence) from segments), (select min(sequence) - 1 from seals)) as after),
   stretch as (
     select after, coalesce(
       (select max(sequence) from checkpoints where sequence > after and sequence <= after + $1),
       (select min(sequence) from checkpoints where sequence > after)) as last
     from reached)
   select after, last,
     (select coalesce(stored_at, received_at) from events where sequence = after + 1) as oldest,
     exists (select from checkpoints where sequence >= after + $1) as complete
   from stretch where last is not null`,
)

/** Notes a segment before it is stored. */
export const planSegment = statement<[first: number, last: number, name: string]>(
  'plan_segment',
  'insert into segments (first_sequence, last_sequence, name) values ($1, $2, $3) on conflict do nothing',
)

/** The segment that was noted and is not known to be stored. */
export const unfinishedSegment = statement<[], SegmentRow>(
  'unfinished_segment',
  `select ${columns} from segments where archived_at is null order by first_sequence limit 1`,
)

/** Notes that a segment is stored, whether it was noted before or not. */
export const noteSegment = statement<
  [first: number, last: number, name: string, records: number, bytes: number, sha256: Buffer]
>(
  'note_segment',
  `insert into segments (${columns}) values ($1, $2, $3, $4, $5, $6, now())
   on conflict (first_sequence) do update
     set records = excluded.records, bytes = excluded.bytes, sha256 = excluded.sha256, archived_at = excluded.archived_at
     where segments.archived_at is null and segments.name = excluded.name`,
)

export const selectSegment = statement<[name: string], SegmentRow>(
  'select_segment',
  `select ${columns} from segments where name = $1`,
)

export const listSegments = statement<[behind: string, limit: number], SegmentRow>(
  'list_segments',
  `select ${columns} from segments where name > $1 and archived_at is not null order by name limit $2`,
)

/** The segments that cover places behind one, up to another. */
export const segmentsOver = statement<[after: number, upto: number], SegmentRow>(
  'segments_over',
  `select ${columns} from segments where last_sequence > $1 and first_sequence <= $2 and archived_at is not null order by first_sequence`,
)

/** How far the history is sealed and archived. */
export const reach = statement<[], { sealed: number | null; archived: number | null }>(
  'reach_of_archive',
  `select (select max(sequence) from seals) as sealed,
     (select max(last_sequence) from segments where archived_at is not null) as archived`,
)

/** The archive as the last replica that had to do with it knows it. */
export const archiveState = statement<[], { place: string; error: string | null; failed_at: Date | null }>(
  'archive_state',
  'select place, error, failed_at from archive',
)

/** Notes where the archive is. An error stays until something is archived. */
export const noteArchive = statement<[place: string]>(
  'note_archive',
  'insert into archive (place) values ($1) on conflict (single) do update set place = excluded.place',
)
export const forgetArchive = statement<[]>('forget_archive', 'delete from archive')

/** Notes why nothing could be archived; null: it can. */
export const noteFailure = statement<[error: string | null]>(
  'note_failure_of_archive',
  `update archive set error = $1, failed_at = case when $1::text is null then null else now() end
   where error is distinct from $1`,
)

/** Sealed records behind a place, up to another one. */
export const selectSealed = statement<[after: number, upto: number, limit: number], RecordRow & { link: Buffer }>(
  'select_sealed',
  `select ${recordColumns}, link
   from events join seals using (sequence) where sequence > $1 and sequence <= $2 order by sequence limit $3`,
)

/** Places whose seal bears another link than the one given. */
export const otherLinks = statement<[sequences: number[], links: Buffer[]], { sequence: number }>(
  'other_links',
  `select sequence from seals join unnest($1::bigint[], $2::bytea[]) as given(sequence, link) using (sequence)
   where seals.link <> given.link order by sequence`,
)

/** How many places between two hold a record with its seal. */
export const countSealed = statement<[from: number, to: number], { count: number }>(
  'count_sealed',
  'select count(*) from events join seals using (sequence) where sequence between $1 and $2',
)
