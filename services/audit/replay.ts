// What is answered about replays: planned, started, listed, ended. The replayer does the work.
import {
  type endReplay,
  isProjection,
  type listReplays,
  noteAction,
  type ProjectionName,
  type planReplay,
  type Replay,
  replayEnded,
  replayStarted,
  type startReplay,
  tendProjection,
  topology,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, newId, Rejection, reject } from '@deliveryflow/kit'
import type { Archive } from './archive/storage.ts'
import * as store from './replay-store.ts'

export type AuditContext = Context<typeof topology.audit, unknown, { archive: Archive | null }>
export type Answer<R> = AnswerOf<R, AuditContext>

/** Milliseconds for what waits until nobody handles a message. */
const tendTimeout = 30_000

/** The types of events that a projection folds; null for the index, which holds whatever there is. */
export const heardBy = (projection: ProjectionName): string[] | null =>
  projection === 'audit' ? null : topology[projection].hears.map(({ type }) => type)

export const plan: Answer<typeof planReplay> = async ({ projection }, { db }) => {
  if (!isProjection(projection)) return unknown(projection)
  const [counts, [sealed]] = await Promise.all([store.countTypes(db, heardBy(projection)), store.lastSealed(db)])
  const times = (of: 'first' | 'last') => counts.map((count) => count[of].toISOString()).sort()
  return {
    projection,
    upper: sealed?.sequence ?? 0,
    types: counts.map(({ type, records, bytes }) => ({ type, records, bytes })),
    first: times('first')[0] ?? null,
    last: times('last').at(-1) ?? null,
  }
}

export const start: Answer<typeof startReplay> = async (
  { job, projection, reason, rate = null },
  { db, transaction },
  caller,
) => {
  if (!isProjection(projection)) return unknown(projection)
  const by = caller.user_id
  const made = await transaction(async (tx) => {
    const [row] = await store.insertJob(tx, job, projection, reason, by, rate)
    if (row) tx.emit(replayStarted, { job, projection, by, reason })
    return row
  })
  if (made) return viewOf(made)
  const [same] = await store.selectJob(db, job)
  if (same) return viewOf(same)
  const [other] = await store.selectUnderWay(db, projection)
  const what = other?.state === 'swapped' ? 'was swapped in and is not finalized' : 'is under way'
  return reject('replay_conflict', `The replay ${other?.job ?? ''} of ${projection} ${what}.`)
}

export const list: Answer<typeof listReplays> = async ({ job, limit }, { db }) => {
  const jobs = job === undefined ? await store.listJobs(db, limit) : await store.selectJob(db, job)
  return { items: jobs.map(viewOf), projections }
}

export const end: Answer<typeof endReplay> = async ({ job, action, reason }, context, caller) => {
  const { db, call } = context
  const [present] = await store.selectJob(db, job)
  if (!present) return reject('not_found', `There is no replay ${job}.`)
  const [from, to] = action === 'cancel' ? (['running', 'cancelled'] as const) : (['swapped', 'finalized'] as const)
  if (present.state !== from && present.state !== to)
    return reject('replay_conflict', `It is ${present.state}; only one that is ${from} can be ${to}.`)
  const tend = (what: 'status' | 'discard' | 'finalize') =>
    call(tendProjection(present.projection), { action: what, job }, { timeout_ms: tendTimeout })
  if (action === 'cancel') {
    const shadow = await tend('status')
    if (!(shadow instanceof Rejection) && shadow.job === job && shadow.state === 'swapped')
      return reject('replay_conflict', 'It was swapped in this moment; finalize it.')
  }
  if (reason !== undefined && present.state === from) {
    const detail = { job, projection: present.projection }
    const noted = await call(noteAction, { action_id: newId(), action: `replay_${to}`, reason, detail }, { caller })
    if (noted instanceof Rejection) return noted
  }
  // Cancelled before it is discarded: whoever is at work on it sees that, and begins nothing anew.
  if (action === 'cancel') await close(context, job, from, to)
  const tended = await tend(action === 'cancel' ? 'discard' : 'finalize')
  if (tended instanceof Rejection) return tended
  await close(context, job, from, to)
  const [ended = present] = await store.selectJob(db, job)
  return viewOf(ended)
}

/** Moves a job to its end, and says so. Undefined when somebody else did. */
export const close = (
  { transaction }: Pick<AuditContext, 'transaction'>,
  job: string,
  from: string,
  to: 'swapped' | 'finalized' | 'cancelled',
): Promise<store.Job | undefined> =>
  transaction(async (tx) => {
    const [ended] = await store.endJob(tx, job, from, to)
    if (ended && to !== 'finalized') {
      const { projection, records, failed } = ended
      tx.emit(replayEnded, { job, projection, outcome: to, records, failed })
    }
    return ended
  })

const viewOf = ({ started_at, updated_at, ended_at, ...job }: store.Job): Replay => ({
  ...job,
  started_at: started_at.toISOString(),
  updated_at: updated_at.toISOString(),
  ended_at: ended_at?.toISOString() ?? null,
})
const projections = Object.keys(topology).filter(isProjection)
const unknown = (projection: string) =>
  reject('not_found', `There is no projection ${projection}; one of ${projections.join(', ')}.`)
