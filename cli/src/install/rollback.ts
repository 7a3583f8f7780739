// Going back to an earlier revision of a release, by hand or after an upgrade that failed.
import { Failure } from '../failure.ts'
import { progress, say } from '../terminal.ts'
import { watched } from './apply.ts'
import type { ReleaseName } from './charts.ts'
import type { Installer } from './installer.ts'
import { renderedNow } from './plan.ts'
import { type Revision, readHistory } from './revisions.ts'
import { readiness } from './rollout.ts'
import type { Watching } from './watch.ts'

/** Databases are not taken back: said wherever a revision is. */
export const migrationsStay =
  'Databases stay at their newest schema and streams as they are: migrations only go forward. Each version works with the schema of the next.'

/** What a release ran on, and what it could go back to. */
const wasGood = ({ status }: Revision) => status === 'deployed' || status === 'superseded'

/**
 * The revision to go back to: `wanted`, or else the newest earlier one that was installed well and differs from the present one.
 * Throws `not_found` for a revision that Helm does not keep, `refused` when there is none to go back to.
 */
export const targetOf = async (
  { helm }: Pick<Installer, 'helm'>,
  release: ReleaseName,
  history: readonly Revision[],
  wanted?: number,
): Promise<number> => {
  const numbers = history.map(({ revision }) => revision)
  if (wanted !== undefined) {
    if (numbers.includes(wanted)) return wanted
    throw new Failure('not_found', `There is no revision ${wanted} of ${release}`, {
      why: `Helm keeps ${numbers.join(', ')}`,
      next: 'See dfctl rollback --list.',
    })
  }
  const present = history.at(-1)
  const now = await renderedNow(helm, release)
  for (const one of history.toReversed()) {
    if (one === present || !wasGood(one)) continue
    if (present?.status !== 'deployed' || (await renderedNow(helm, release, one.revision)) !== now) return one.revision
  }
  throw new Failure('refused', `There is no earlier revision of ${release} to go back to`, {
    why:
      history.length === 1 ? 'it has one only' : 'no earlier one was installed well and differs from the present one',
    next: 'See dfctl rollback --list.',
  })
}

/** Takes a release back and waits until it is ready. Returns the number of the new revision. */
export const goBack = async (installer: Installer, release: ReleaseName, revision: number): Promise<number> => {
  const { helm, deadline } = installer
  const step = progress(`${release}: back to revision ${revision}`)
  try {
    const watching: Pick<Watching, 'observe' | 'tell'> = {
      observe: ({ workloads }) => step.update(readiness(workloads)),
      tell: (job, line) => say(`    ${job}: ${line}`),
    }
    const args = ['rollback', release, String(revision), '--wait', '--timeout', `${deadline.seconds()}s`]
    await watched(installer, release, watching, (signal) => helm(args, { signal }))
    step.done()
  } catch (error) {
    step.fail()
    if (!installer.signal.aborted) throw error
    throw new Failure('failed', `Interrupted while ${release} went back`, {
      next: 'Run the same command again, or dfctl deploy to go on.',
      cause: error,
    })
  }
  return (await readHistory(helm, release)).at(-1)?.revision ?? 0
}
