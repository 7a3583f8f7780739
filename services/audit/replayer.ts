// Does the replays that were started: hands the history to a read model that is built anew, and has it swapped in when it has caught up.
// One replica at a time, a turn of a few seconds each. How far a job has come is asked of the read model at each turn, so whatever
// is killed, the next turn goes on where the read model stands.
import { setTimeout as sleep } from 'node:timers/promises'
import { isProjection, replayTo, type ShadowState, tendProjection } from '@deliveryflow/contracts'
import { type Background, Rejection, repeat } from '@deliveryflow/kit'
import { reasonOf } from '@deliveryflow/kit/reason'
import { refill } from './refill.ts'
import { type AuditContext, close, heardBy } from './replay.ts'
import * as store from './replay-store.ts'
import { inTurn } from './turn.ts'

/** Milliseconds of a turn, after which another replica may go on and a cancel is seen. */
const turn = 3000
/** Milliseconds until it looks again when there is nothing to do, or something is away. */
const idle = 1000
/** Records of one call, and the bytes after which a call takes no more: a NATS message holds 1 MiB. */
const batch = { records: 1000, bytes: 500_000 }
const callTimeout = 60_000

/** Starts looking for replays to do. */
export const startReplayer = (context: AuditContext): Background =>
  repeat(0, async () => {
    try {
      return (await takeTurn(context)) ? 0 : idle
    } catch (error) {
      context.log.warn({ err: error }, 'a replay could not go on; it is tried again')
      return idle
    }
  })

/** Goes on with the oldest replay that runs; resolves to whether there is more to do at once. */
const takeTurn = async (context: AuditContext): Promise<boolean> => {
  const { db } = context
  const [waiting] = await store.selectRunning(db)
  if (!waiting) return false
  const more = await inTurn(db, 'replay', async () => {
    const [job] = await store.selectRunning(db)
    if (!job) return false
    try {
      return await goOn(context, job)
    } catch (error) {
      await store.noteError(db, job.job, reasonOf(error))
      throw error
    }
  })
  return more ?? false
}

const goOn = async (context: AuditContext, job: store.Job): Promise<boolean> => {
  const { db, call, log } = context
  const { projection } = job
  if (!isProjection(projection)) throw new Error(`${projection} is no projection any more.`)
  const tend = async (action: 'begin' | 'swap' | 'discard'): Promise<ShadowState> => {
    const state = await call(tendProjection(projection), { action, job: job.job }, { timeout_ms: callTimeout })
    if (state instanceof Rejection) throw new Error(state.detail)
    return state
  }
  const shadow = await tend('begin')
  const [present] = await store.selectJob(db, job.job)
  if (present?.state === 'cancelled') {
    // It was cancelled, and then begun here once more.
    await tend('discard')
    return false
  }
  const doFill = projection === 'audit' ? fillIndex : fill
  if (shadow.state === 'swapped' || (await doFill(context, job, shadow))) {
    await tend('swap')
    await close(context, job.job, 'running', 'swapped')
    log.info({ job: job.job, projection }, 'a read model was built anew and swapped in')
    return true
  }
  return (await boundOf(db, shadow)) >= shadow.upper
}

/** Up to where a replay may go by now: nothing is missing before the last seal. */
const boundOf = async (db: AuditContext['db'], { upper }: Pick<ShadowState, 'upper'>): Promise<number> => {
  const [sealed] = await store.lastSealed(db)
  return Math.min(upper, sealed?.sequence ?? 0)
}

/** Fills the index for a turn; resolves to whether it is full. */
const fillIndex = async (context: AuditContext, job: store.Job, { position, upper }: ShadowState): Promise<boolean> => {
  const { db, log } = context
  const until = Date.now() + turn
  const bound = await boundOf(db, { upper })
  let at = position
  while (at < bound && Date.now() < until) {
    const upto = Math.min(bound, at + Math.min(batch.records, job.rate ?? batch.records))
    const filled = await refill(context, { job: job.job, after: at, upto })
    const { records, failed } = filled
    if (failed.length > 0) log.warn({ places: failed }, 'records of the history are not what was sealed')
    await store.advanceJob(db, job.job, filled.position, upper, records, failed.length)
    if (job.rate) await sleep((records / job.rate) * 1000)
    at = filled.position
  }
  return at >= upper
}

type Page = { rows: store.HistoryRow[]; upto: number }

/**
 * Hands over records for a turn; resolves to whether the read model is full. Two calls are under way at a time: the other side reads one
 * while its database is busy with the one before. Should they change places the later one is not taken; then the next turn asks anew.
 */
const fill = async (context: AuditContext, job: store.Job, { position, upper }: ShadowState): Promise<boolean> => {
  const { db } = context
  if (!isProjection(job.projection)) return false
  const until = Date.now() + turn
  const types = heardBy(job.projection)
  const bound = await boundOf(db, { upper })
  const most = Math.min(batch.records, job.rate ?? batch.records)
  const underWay: { upto: number; taken: Promise<Taken> }[] = []
  let next = pageAfter(db, position, bound, types, most)
  const depth = job.rate ? 1 : 2
  let [asked, at] = [position, position]
  try {
    while (at < bound) {
      while (underWay.length < depth && asked < bound && Date.now() < until) {
        const page = await next
        next = pageAfter(db, page.upto, bound, types, most)
        next.catch(() => undefined)
        const taken = handOver(context, job, asked, page)
        taken.catch(() => undefined)
        underWay.push({ upto: page.upto, taken })
        asked = page.upto
      }
      const first = underWay.shift()
      if (!first) return false
      const { position: reached, handled, failed } = await first.taken
      await store.advanceJob(db, job.job, reached, upper, handled, failed)
      at = reached
      if (reached !== first.upto) return false
    }
    return at >= upper
  } finally {
    await Promise.allSettled([next, ...underWay.map(({ taken }) => taken)])
  }
}

type Taken = { position: number; handled: number; failed: number }

/** Hands a page over, no sooner than the job's rate lets the next one be. */
const handOver = async (
  { call }: AuditContext,
  { job, projection, rate }: store.Job,
  after: number,
  { rows, upto }: Page,
): Promise<Taken> => {
  const records = rows.flatMap(({ sequence, subject, headers, body }): [number, string, string, string][] =>
    headers === null || body === null ? [] : [[sequence, subject, headers, body]],
  )
  const pause = rate ? sleep((records.length / rate) * 1000) : undefined
  const taken = await call(replayTo(projection, job), { job, after, upto, records }, { timeout_ms: callTimeout })
  if (taken instanceof Rejection) throw new Error(taken.detail)
  await pause
  return { position: taken.position, handled: taken.handled, failed: taken.failed.length }
}

const pageAfter = async (
  db: AuditContext['db'],
  after: number,
  bound: number,
  types: string[] | null,
  most: number,
): Promise<Page> => {
  if (after >= bound) return { rows: [], upto: bound }
  const rows = await store.selectHistory(db, after, bound, types, most)
  let bytes = 0
  const fitting = rows.findIndex(({ headers, body }) => {
    bytes += (headers?.length ?? 0) + (body?.length ?? 0)
    return bytes > batch.bytes
  })
  // At least one, however long it is: it was a message of the stream.
  const page = fitting === -1 ? rows : rows.slice(0, Math.max(1, fitting))
  const isLast = fitting === -1 && rows.length < most
  return { rows: page, upto: isLast ? bound : (page.at(-1)?.sequence ?? bound) }
}
