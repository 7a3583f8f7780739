// Builds a read model anew: plans it, starts it, and follows it until it is swapped in. audit does the work, so it goes on when nobody follows.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type OutputOf, planReplay, type Replay, services, startReplay } from '@deliveryflow/contracts'
import { type Ask, granted } from '../calls.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { during } from '../terminal.ts'
import { span } from '../time.ts'
import { number } from '../values.ts'
import { totalOf } from './plan.ts'
import { type Report, replayOf, reportOf } from './report.ts'

export type Plan = OutputOf<typeof planReplay> & { records: number; bytes: number; suppressed: string[] }

/** What a replay would do. `suppressed`: services that hear these events live, and not by a replay. Throws `not_found` for a projection that there is none of. */
export const planOf = async (ask: Ask, projection: string): Promise<Plan> => {
  const plan = granted(planReplay, await ask(planReplay, { projection }))
  const types = new Set(plan.types.map(({ type }) => type))
  const hearing = services.filter(({ hears }) => hears.some(({ type }) => types.has(type)))
  const suppressed = hearing.map(({ name }) => name).filter((name) => name !== projection)
  return { ...plan, ...totalOf(plan.types), suppressed }
}

/** Starts a replay and follows it until it is swapped in. Throws `unhealthy` when it is not by then: it goes on by itself. */
export const rebuild = async (
  target: Target,
  ask: Ask,
  {
    projection,
    reason,
    rate,
    timeout,
  }: { projection: string; reason: string; rate?: number | undefined; timeout: number },
): Promise<Report> => {
  const job = randomUUID()
  granted(startReplay, await ask(startReplay, { job, projection, reason, rate }))
  await follow(ask, job, Date.now() + timeout)
  return reportOf(target, ask, job)
}

/** Follows a replay until it ends, or until the deadline (milliseconds since 1970). */
export const follow = (ask: Ask, job: string, deadline: number): Promise<Replay> =>
  during(`Replay ${job}`, async ({ update, conclude }) => {
    const begun = performance.now()
    for (;;) {
      // audit may be killed and come back: the replay goes on then.
      const replay = await replayOf(ask, job).catch((error: unknown) => {
        if (error instanceof Failure && error.kind === 'unhealthy' && Date.now() < deadline) return null
        throw error
      })
      if (replay === null) {
        update('audit does not answer')
        await sleep(1000)
        continue
      }
      if (replay.state === 'swapped' || replay.state === 'finalized') {
        conclude(`Replay ${job}: ${replay.records} records`)
        return replay
      }
      if (replay.state === 'cancelled') throw new Failure('failed', `The replay ${job} was cancelled`)
      if (Date.now() > deadline)
        throw new Failure('unhealthy', `The replay ${job} has not ended yet`, {
          ...(replay.error && { why: replay.error }),
          next: `It goes on by itself: dfctl audit replay status ${job} --wait; to give it up: dfctl audit replay cancel ${job}.`,
        })
      update(progressText(replay, performance.now() - begun))
      await sleep(250)
    }
  })

const progressText = ({ position, upper, records, error }: Replay, elapsed: number): string => {
  const rate = records / (elapsed / 1000)
  const left = upper > 0 && position > 0 ? `, ${span(((upper - position) / position) * elapsed)} left` : ''
  return `place ${position} of ${upper || '?'}, ${number(Math.round(rate))} records/s${left}${error ? `, waits: ${error}` : ''}`
}
