// Moves an installation on: what changes is rolled out one release after the other, checked, and taken back when it fails.
import { Failure, reasonOf } from '../failure.ts'
import { runChecks } from '../health/check.ts'
import { checksOf } from '../health/checks.ts'
import { readingsOf } from '../health/readings.ts'
import { readReleases } from '../health/releases.ts'
import type { Globals } from '../options.ts'
import { withTarget } from '../target.ts'
import { progress, say } from '../terminal.ts'
import { applyRelease } from './apply.ts'
import { waitForBacking } from './backing-ready.ts'
import { type ReleaseName, releaseNames } from './charts.ts'
import type { Installer } from './installer.ts'
import { withLease } from './lease.ts'
import type { Change } from './manifest.ts'
import { applyNats } from './nats-chart.ts'
import { changeLine, countChanges, planPresent } from './plan.ts'
import { argumentsOf, type Present, readPresent } from './present.ts'
import { goBack } from './rollback.ts'
import { readiness } from './rollout.ts'
import type { Settings } from './settings.ts'

export type UpgradeOptions = Globals & Settings & { dryRun?: boolean; rollback: boolean; natsChart?: string }

/** What an upgrade did. `from` and `to`: revisions of each release that changed. */
export type Upgraded = { changes: Change[]; releases: { name: ReleaseName; from: number; to: number }[] }

/** A health check may see what is over a moment later. */
const settling = 30_000
const shown = 30

/** Throws `not_found` without an installation, `refused` when its last deploy did not end well; a Failure after going back. */
export const upgrade = async (installer: Installer, options: UpgradeOptions): Promise<Upgraded> => {
  const present = await readPresent(installer, options)
  try {
    mindInstalled(present, installer.cluster.namespace)
    const changes = await planPresent(installer.helm, present)
    const upgraded: Upgraded = { changes, releases: [] }
    if (changes.length === 0) return upgraded
    say(`${countChanges(changes)}:`)
    for (const change of changes.slice(0, shown)) say(`  ${changeLine(change)}`)
    if (changes.length > shown) say(`  and ${changes.length - shown} more: see dfctl diff`)
    if (options.dryRun) return upgraded
    const sickBefore = await failing(options)
    if (sickBefore.size > 0) say(`Before the upgrade already: ${[...sickBefore].join('; ')}`)
    await withLease(installer.cluster, say, async () => {
      await mindRevisions(installer, present)
      try {
        for (const name of releaseNames) {
          if (changes.some(({ release }) => release === name)) await rollOut(installer, present, name, upgraded)
          if (name === 'backing') await settleBacking(installer, present, options)
        }
        await mindHealth(installer, options, sickBefore)
      } catch (error) {
        throw await takeBack(installer, options, upgraded, error)
      }
    })
    return upgraded
  } finally {
    present.values.remove()
  }
}

const mindInstalled = ({ releases }: Present, namespace: string): void => {
  for (const name of releaseNames) {
    const release = releases.find((one) => one.name === name)
    if (!release) {
      throw new Failure('not_found', `There is no release ${name} in namespace ${namespace}`, {
        next: 'Install it with dfctl deploy; another installation: --namespace.',
      })
    }
    if (release.status !== 'deployed') {
      throw new Failure('refused', `Release ${name} is ${release.status}: there would be nothing good to go back to`, {
        why: release.description ?? `revision ${release.revision} did not end well`,
        next: 'Complete it with dfctl deploy, or go back with dfctl rollback.',
      })
    }
  }
}

/** Another dfctl may have worked on it until now: what was shown would not be what is done. */
const mindRevisions = async ({ cluster }: Installer, { releases }: Present): Promise<void> => {
  const now = new Map((await readReleases(cluster)).map(({ name, revision }) => [name, revision]))
  const moved = releases.find(({ name, revision }) => now.get(name) !== revision)
  if (!moved) return
  throw new Failure('refused', `Release ${moved.name} was changed meanwhile`, {
    why: `it is at revision ${now.get(moved.name)}, not ${moved.revision} any more`,
    next: 'Run the same command again.',
  })
}

const rollOut = async (
  installer: Installer,
  present: Present,
  name: ReleaseName,
  upgraded: Upgraded,
): Promise<void> => {
  const from = present.releases.find((release) => release.name === name)?.revision ?? 0
  const step = progress(name)
  const entry = { name, from, to: from }
  upgraded.releases.push(entry)
  try {
    const { revision } = await applyRelease(installer, present.charts[name], argumentsOf(present, name), {
      wait: true,
      observe: ({ workloads }) => step.update(readiness(workloads)),
      tell: (job, line) => say(`    ${job}: ${line}`),
    })
    entry.to = revision
    step.done(`${name}: revision ${from} → ${revision}, all ready`)
  } catch (error) {
    step.fail()
    throw error
  }
}

/** What the chart backing leaves to others: NATS' own chart, and operators that work on after helm has ended. */
const settleBacking = async (installer: Installer, { charts }: Present, { natsChart }: UpgradeOptions) => {
  await applyNats(installer, charts.backing, natsChart)
  const step = progress('backing serves')
  await waitForBacking(installer, step.update)
  step.done()
}

/** The checks that fail, as sentences. */
const failing = (options: Globals): Promise<Set<string>> =>
  withTarget(options, async (target) => {
    const { openKubernetes } = await import('../cluster/client.ts')
    const readings = readingsOf(target, openKubernetes(options))
    // How much waits is not the upgrade's doing.
    const { checks } = await runChecks(await checksOf(readings, { lag_limit: Number.POSITIVE_INFINITY }))
    return new Set(checks.filter(({ state }) => state === 'failure').map(({ title, reason }) => `${title}: ${reason}`))
  })

const mindHealth = async ({ signal }: Installer, options: Globals, before: ReadonlySet<string>): Promise<void> => {
  const step = progress('health')
  const titles = new Set([...before].map((sentence) => sentence.split(':')[0]))
  for (const deadline = Date.now() + settling; ; ) {
    signal.throwIfAborted()
    const sick = [...(await failing(options))].filter((sentence) => !titles.has(sentence.split(':')[0]))
    if (sick.length === 0) return step.done('health: nothing failed that did not fail before')
    step.update(sick.join('; '))
    if (Date.now() > deadline) {
      step.fail()
      throw new Failure('unhealthy', 'It is ready and not healthy', {
        why: sick.join('\n       '),
        next: 'See dfctl check.',
      })
    }
  }
}

/** Goes back to what was before, the services first. Returns the Failure to end with; throws when going back fails too. */
const takeBack = async (
  installer: Installer,
  options: UpgradeOptions,
  { releases }: Upgraded,
  error: unknown,
): Promise<unknown> => {
  // Where helm refused before it began, there is nothing to take back.
  const present = new Map((await readReleases(installer.cluster)).map(({ name, revision }) => [name, revision]))
  const touched = releases.filter(({ name, from }) => present.get(name) !== from)
  if (touched.length === 0) return error
  const what = installer.signal.aborted ? 'Interrupted' : reasonOf(error)
  const { kind, why, next } =
    error instanceof Failure ? error : ({ kind: 'failed', why: undefined, next: undefined } as const)
  const ended = (how: string, then = next) =>
    new Failure(kind, `${what}; ${how}`, { cause: error, ...(why && { why }), ...(then && { next: then }) })
  if (!options.rollback) return ended('left as it is (--no-rollback)', 'dfctl rollback goes back.')
  say(`${what}: going back.`)
  // Ctrl-C ended the upgrade; going back is how it ends in order.
  const steady = { ...installer, signal: new AbortController().signal, deadline: { seconds: () => 300 } }
  try {
    for (const { name, from } of touched.toReversed()) await goBack(steady, name, from)
  } catch (second) {
    throw new Failure('failed', `${what}; and going back failed: ${reasonOf(second)}`, {
      ...(why && { why }),
      next: 'See dfctl check, then dfctl rollback --list.',
      cause: second,
    })
  }
  return ended('taken back to what was before')
}
