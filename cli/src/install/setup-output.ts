// Parts one helm run in two waves: first the Jobs that make streams and migrate databases, then the services.
import { type Progress, say } from '../terminal.ts'
import type { Rollout } from './rollout.ts'
import type { Watching } from './watch.ts'

/** The last Job that runs before the services. */
const lastJob = 'deliveryflow-migrate'

export type SetupOutput = Pick<Watching, 'observe' | 'tell'> & {
  /** Ends with this run of helm, whatever the Jobs did. */
  until(run: Promise<unknown>): void
  /** Resolves to what the Jobs said when they are over; throws what ended helm before. */
  done(step: Progress): Promise<string>
  /** Who hears of the rollout from then on. */
  follow(observe: (rollout: Rollout) => void): void
}

/** Tells what each Job prints, and notices when the services' turn has come. */
export const setupOutput = (): SetupOutput => {
  const over = Promise.withResolvers<void>()
  const last = new Map<string, string>()
  /** What had not settled before helm began says nothing. */
  let before: Set<string> | undefined
  let seen = false
  let told: (rollout: Rollout) => void = () => undefined
  let step: Progress | undefined
  return {
    observe: (rollout) => {
      const migrating = rollout.jobs.some((pod) => pod.metadata?.name?.startsWith(lastJob) && !hasEnded(pod))
      if (migrating) seen = true
      const unsettled = rollout.workloads.filter(({ settled }) => !settled).map(({ name }) => name)
      before ??= new Set(unsettled)
      // Helm removes a Job that succeeded; and without Jobs the first change of a Deployment tells.
      const changing = rollout.jobs.length === 0 && unsettled.some((name) => !before?.has(name))
      if ((seen && !migrating) || changing) over.resolve()
      told(rollout)
    },
    tell: (job, line) => {
      last.set(job, line)
      step?.update(`${job}: ${line}`)
      say(`    ${job}: ${line}`)
    },
    until: (run) => void run.then(() => over.resolve(), over.reject),
    done: async (progress) => {
      step = progress
      await over.promise
      return [...last.values()].join('; ') || 'done'
    },
    follow: (observe) => {
      told = observe
    },
  }
}

const hasEnded = ({ status }: Rollout['jobs'][number]) => status?.phase === 'Succeeded' || status?.phase === 'Failed'
