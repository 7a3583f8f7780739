// The SQL of replays: the jobs, and the records of the history that they hand over.
import type { Replay } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit'

export type Job = Omit<Replay, 'started_at' | 'updated_at' | 'ended_at'> & {
  started_at: Date
  updated_at: Date
  ended_at: Date | null
}

const columns =
  'job, projection, reason, rate, state, position, upper, records, failed, error, started_at, updated_at, ended_at'

/** No row when this job, or another one of this projection, is there. */
export const insertJob = statement<
  [job: string, projection: string, reason: string, by: string, rate: number | null],
  Job
>(
  'insert_replay',
  `insert into replays (job, projection, reason, by_user, rate) values ($1, $2, $3, $4, $5) on conflict do nothing returning ${columns}`,
)

export const selectJob = statement<[job: string], Job>('select_replay', `select ${columns} from replays where job = $1`)

export const selectUnderWay = statement<[projection: string], Job>(
  'select_replay_under_way',
  `select ${columns} from replays where projection = $1 and state in ('running', 'swapped')`,
)

export const listJobs = statement<[limit: number], Job>(
  'list_replays',
  `select ${columns} from replays order by started_at desc limit $1`,
)

export const selectRunning = statement<[], Job>(
  'select_running_replays',
  `select ${columns} from replays where state = 'running' order by started_at`,
)

/** Notes how far a job has come, while it runs. */
export const advanceJob = statement<[job: string, position: number, upper: number, records: number, failed: number]>(
  'advance_replay',
  `update replays set position = $2, upper = $3, records = records + $4, failed = failed + $5, error = null, updated_at = now()
   where job = $1 and state = 'running'`,
)

export const noteError = statement<[job: string, error: string]>(
  'note_error_of_replay',
  `update replays set error = $2, updated_at = now() where job = $1 and state = 'running'`,
)

/** Moves a job on, if it is in the state for it. */
export const endJob = statement<[job: string, from: string, to: string], Job>(
  'end_replay',
  `update replays set state = $3, error = null, updated_at = now(), ended_at = now() where job = $1 and state = $2 returning ${columns}`,
)

/** `headers` and `body` are null for a record of a type that is not asked for, and for one that is no JSON: of no type at all. */
export type HistoryRow = { sequence: number; subject: string; headers: string | null; body: string | null }

/** Records behind a place, up to another one. The types are no condition: a generic plan would sort the whole history by them. */
export const selectHistory = statement<
  [after: number, upto: number, types: string[] | null, limit: number],
  HistoryRow
>(
  'select_history',
  `select sequence, nats_subject as subject, case when type = any($3::text[]) then headers::text end as headers,
     case when type = any($3) then data::text end as body
   from events where sequence > $1 and sequence <= $2 order by sequence limit $4`,
)

export type TypeCount = { type: string; records: number; bytes: number; first: Date; last: Date }

/** What a replay would hand over. */
export const countTypes = statement<[types: string[] | null], TypeCount>(
  'count_history',
  `select type, count(*) as records, sum(length(data::text) + length(headers::text)) as bytes, min(time) as first, max(time) as last
   from events where ($1::text[] is null or type = any($1)) and data is not null and headers is not null group by type order by count(*) desc, type`,
)

/** How far the chain reaches: up to there no record is missing. */
export const lastSealed = statement<[], { sequence: number }>(
  'last_sealed',
  'select sequence from seals order by sequence desc limit 1',
)
