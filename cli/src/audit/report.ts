// How a replay into a read model went, for as long as anybody asks: what it took in, why, by whom, and that the world outside was left alone.
import { setTimeout as sleep } from 'node:timers/promises'
import { listReplays, type Replay, replayEnded, replayStarted } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit/postgres/statement'
import { type Ask, administrator, granted } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { color } from '../terminal.ts'
import { span } from '../time.ts'
import { number } from '../values.ts'
import { type Effects, type EffectsAround, effectsAround } from './effects.ts'

/** `took_ms`: until it was swapped in or given up, or until now; `by`: whose call began it, null when the history does not know yet. */
export type Report = {
  replay: Replay
  by: string | null
  ended_at: string | null
  took_ms: number
  records_per_second: number
  effects: EffectsAround
}

const selectEvents = statement<[job: string, types: string[]], { type: string; time: Date; data: { by?: string } }>(
  'events_of_replay',
  'select type, time, data from events where subject = $1 and type = any($2) and data is not null',
)

/** One replay. Throws `not_found`. */
export const replayOf = async (ask: Ask, job: string): Promise<Replay> => {
  const [found] = granted(listReplays, await ask(listReplays, { job, limit: 1 })).items
  if (found) return found
  throw new Failure('not_found', `There is no replay ${job}`, { next: 'See dfctl audit replay list.' })
}

/** The report of a replay, by what audit notes of it, the history tells and services keep. Throws `not_found`. */
export const reportOf = async (target: Target, ask: Ask, job: string): Promise<Report> => {
  const replay = await replayOf(ask, job)
  // To finalize a replay ends the job once more: when it was swapped in is told by the history alone, and a moment later.
  const eventsOf = () =>
    withDatabase(target, 'audit', (db) => selectEvents(db, job, [replayStarted.type, replayEnded.type]))
  let events = await eventsOf()
  const endOf = () => events.find(({ type }) => type === replayEnded.type)?.time ?? null
  for (const deadline = Date.now() + 5000; replay.state !== 'running' && !endOf() && Date.now() < deadline; ) {
    await sleep(100)
    events = await eventsOf()
  }
  const ended = endOf() ?? (replay.ended_at === null ? null : new Date(replay.ended_at))
  const begun = new Date(replay.started_at)
  const until = ended ?? new Date()
  const took_ms = until.getTime() - begun.getTime()
  return {
    replay,
    by: events.find(({ type }) => type === replayStarted.type)?.data.by ?? null,
    ended_at: ended?.toISOString() ?? null,
    took_ms,
    records_per_second: Math.round(replay.records / (Math.max(took_ms, 1) / 1000)),
    effects: await effectsAround(target, begun, until),
  }
}

const outcomes: Record<Replay['state'], string> = {
  running: 'is being built anew',
  swapped: 'was built anew and swapped in',
  finalized: 'was built anew, swapped in and finalized',
  cancelled: 'was to be built anew, and that was given up',
}

/** The report as people read it. */
export const reportText = ({ replay, by, took_ms, records_per_second, effects }: Report): string => {
  const { job, projection, state, records, failed, reason, started_at, error } = replay
  const { before, after, late } = effects
  const cells = (...some: string[]) => some.map((cell) => cell.padStart(12)).join('')
  return [
    `${state === 'cancelled' ? color.yellow('✘') : color.green('✔')} ${projection} ${outcomes[state]}: ${number(records)} records in ${span(took_ms)}, ${number(records_per_second)} a second`,
    `  since ${started_at} by ${by === administrator.user_id ? 'dfctl' : (by ?? 'somebody')}: ${reason}`,
    ...(error ? [color.yellow(`  it waits: ${error}`)] : []),
    ...(failed > 0 ? [color.yellow(`  ${number(failed)} could not be taken in: see dfctl logs ${projection}`)] : []),
    '  the world outside:',
    `    ${'in all'.padEnd(14)}${cells('before', 'after', 'in between', 'late')}`,
    ...(Object.keys(before) as (keyof Effects)[]).map(
      (what) =>
        `    ${what.padEnd(14)}${cells(number(before[what]), number(after[what]), number(after[what] - before[what]), late ? number(late[what]) : '?')}`,
    ),
    `  ${verdictOf(late)}`,
    ...(state === 'swapped' ? [`  the old one is kept until dfctl audit replay finalize ${job}`] : []),
  ].join('\n')
}

const verdictOf = (late: Effects | null): string => {
  if (late === null) return color.yellow('what services said then is not kept any more: causes are known for 35 days')
  const sum = Object.values(late).reduce((total, count) => total + count, 0)
  return sum === 0
    ? color.green('none of it came of what had happened before: the replay caused nothing')
    : color.red(
        `${number(sum)} came of what had happened a minute or more before: by the replay, or held up until then; dfctl audit history --since and -o wide show causes`,
      )
}
