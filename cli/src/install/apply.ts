// Brings one release to what its chart and settings say, watches it get ready, and explains why it does not.
import type { Cluster } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import { isReady } from '../health/pods.ts'
import { type Release, readReleases } from '../health/releases.ts'
import { readPins, restorePins } from '../scaling/pin.ts'
import type { Chart, ReleaseName } from './charts.ts'
import { explainPod } from './explain.ts'
import type { Installer } from './installer.ts'
import { type Rollout, readRollout } from './rollout.ts'
import { type Verdict, type Watching, watchRelease } from './watch.ts'

/** What became of a release. `unchanged`: it was like that already. */
export type Applied = { change: 'installed' | 'changed' | 'unchanged'; revision: number }

/** The newest revision of a release, if there is any. */
export const readRelease = async (cluster: Cluster, name: ReleaseName): Promise<Release | undefined> =>
  (await readReleases(cluster)).find((release) => release.name === name)

/** Runs `helm upgrade --install`. With `wait` it resolves when all that the release holds is ready. */
export const applyRelease = async (
  installer: Installer,
  chart: Chart,
  values: readonly string[],
  options: { wait: boolean } & Pick<Watching, 'observe' | 'tell'>,
): Promise<Applied> => {
  const { cluster, helm, deadline } = installer
  const before = await readRelease(cluster, chart.name)
  const args = ['upgrade', '--install', chart.name, chart.folder, ...values, '--timeout', `${deadline.seconds()}s`]
  if (options.wait) args.push('--wait')
  await watched(installer, chart.name, options, (signal) => helm(args, { signal }))
  const after = await readRelease(cluster, chart.name)
  const same = before?.status === 'deployed' && before.manifest === after?.manifest
  return { change: before === undefined ? 'installed' : same ? 'unchanged' : 'changed', revision: after?.revision ?? 0 }
}

/**
 * Runs helm on a release and watches meanwhile. When a pod can never start, helm is ended at once instead of at its timeout. Throws
 * a Failure with the reason, after showing the events and the log of the pod that is to blame. What dfctl scale has set stays so.
 */
export const watched = async (
  { cluster, signal }: Installer,
  release: ReleaseName,
  { observe, tell }: Pick<Watching, 'observe' | 'tell'>,
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  const pins = release === 'deliveryflow' ? await readPins(cluster) : []
  const ended = new AbortController()
  const stop = new AbortController()
  const watching = watchRelease(cluster, release, { signal: ended.signal, observe, tell }).then((verdict) => {
    if (verdict) stop.abort()
    return verdict
  })
  let failure: unknown
  try {
    await work(AbortSignal.any([signal, stop.signal]))
  } catch (error) {
    failure = error
  } finally {
    ended.abort()
  }
  const verdict = await watching
  await restorePins(cluster, pins)
  if (failure === undefined) return
  if (signal.aborted) throw failure
  throw await blame(cluster, release, failure, verdict)
}

/** The Failure that says why a release does not get ready. */
const blame = async (cluster: Cluster, release: ReleaseName, failure: unknown, verdict: Verdict | null) => {
  // What Kubernetes refused was never begun: no pod is to blame.
  if (!verdict && failure instanceof Failure && failure.kind !== 'failed') return failure
  const next = 'Correct it and run the same command again: it continues. dfctl check tells more.'
  if (verdict && 'sentence' in verdict)
    return new Failure('failed', `${release} cannot get ready`, { why: verdict.sentence, next })
  const rollout = await readRollout(cluster, release).catch(() => null)
  const pod = verdict ? verdict.pod : rollout && toBlame(rollout)
  if (!pod) return failure
  const why = await explainPod(cluster, pod)
  if (verdict) return new Failure('failed', `${release} can never get ready`, { why, next, cause: failure })
  const what = failure instanceof Failure ? failure.message : `${release} did not get ready`
  return new Failure('failed', what, { why, next, cause: failure })
}

/** A Job that failed, else the first pod that is not ready. */
const toBlame = ({ jobs, current }: Rollout) =>
  jobs.findLast(({ status }) => status?.phase === 'Failed') ??
  jobs.find(({ status }) => status?.phase !== 'Succeeded') ??
  current.find((pod) => !isReady(pod))
