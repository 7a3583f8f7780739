// Watches a release while helm works on it: tells how far it is, and stops it when a pod can never start.
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1Pod } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { reasonOf } from '../failure.ts'
import { say, trace } from '../terminal.ts'
import { warningsOf } from './explain.ts'
import { type HoldUp, holdUpOf } from './hold-ups.ts'
import { followJobs } from './job-output.ts'
import { type Rollout, readRollout } from './rollout.ts'

/** Why a release never gets ready: a pod that cannot start, or a sentence where there is not even a pod. */
export type Verdict = { pod: V1Pod } | { sentence: string }

export type Watching = {
  /** Ends it. */
  signal: AbortSignal
  /** Hears how far the release is, about each second. */
  observe(rollout: Rollout): void
  /** Hears each line that a Job prints. */
  tell(job: string, line: string): void
}

/** How often Kubernetes is asked, in milliseconds. */
const pace = 700
/** How long Kubernetes may refuse to make a pod before it is given up; quotas and webhooks heal by themselves. */
const refusalPatience = 20_000
/** How long helm has for replacing what did not start before it began. */
const inheritedPatience = 25_000
/** A pod that is to be replaced anyway needs no patience. */
const outdatedPatience = 5000

/** Resolves to why the release can never get ready, or to null when `signal` ends it. Never throws. */
export const watchRelease = async (
  cluster: Cluster,
  release: string,
  { signal, observe, tell }: Watching,
): Promise<Verdict | null> => {
  const output = followJobs(cluster, tell)
  const since = new Map<string, number>()
  /** Whether something has lasted so long, from when it was first seen. */
  const lasted = (key: string, patience_ms: number) => {
    const first = since.get(key) ?? Date.now()
    since.set(key, first)
    return Date.now() - first >= patience_ms
  }
  /** What was there before helm began counts only when helm has had the time to replace it: its Jobs come first. */
  let inherited: Set<string | undefined> | undefined
  let quiet = Date.now()
  const isGivenTime = () => Date.now() - quiet >= inheritedPatience
  const stuck = async (pods: readonly V1Pod[], patience = Number.POSITIVE_INFINITY): Promise<V1Pod[]> => {
    const found: V1Pod[] = []
    for (const pod of pods) {
      const hold = holdUpOf(pod)
      const long = hold && lasted(hold.key, Math.min(hold.patience_ms, patience))
      if (long && !(await growing(cluster, pod, hold))) found.push(pod)
    }
    return found
  }
  try {
    while (!signal.aborted) {
      try {
        const rollout = await readRollout(cluster, release)
        observe(rollout)
        output.look(rollout.jobs)
        const { current, outdated, jobs } = rollout
        inherited ??= new Set([...current, ...jobs].map(({ metadata }) => metadata?.uid))
        if (jobs.some(({ status }) => status?.phase === 'Pending' || status?.phase === 'Running')) quiet = Date.now()
        const refused = (name: string) => lasted(`refused ${name}`, refusalPatience) && isGivenTime()
        const sentence = await refusalOf(cluster, rollout, refused)
        if (sentence) return { sentence }
        for (const pod of await stuck([...current, ...jobs])) {
          if (!inherited.has(pod.metadata?.uid) || isGivenTime()) return { pod }
        }
        for (const pod of await stuck(outdated, outdatedPatience)) await makeWay(cluster, pod)
      } catch (error) {
        trace(`could not look at the release: ${reasonOf(error)}`)
      }
      await sleep(pace, undefined, { signal }).catch(() => undefined)
    }
    return null
  } finally {
    output.close()
  }
}

/** Whether a pod that no node takes waits for a node that an autoscaler brings. */
const growing = async (cluster: Cluster, pod: V1Pod, { kind }: HoldUp): Promise<boolean> => {
  if (kind !== 'node') return false
  const { core, namespace } = cluster
  const fieldSelector = `involvedObject.name=${pod.metadata?.name},reason=TriggeredScaleUp`
  const found = await ask('list events', core.listNamespacedEvent({ namespace, fieldSelector }))
  return (found?.items.length ?? 0) > 0
}

/** Why Kubernetes does not make the pods of a workload, once that has lasted. */
const refusalOf = async (
  cluster: Cluster,
  { workloads, current, outdated }: Rollout,
  lasted: (name: string) => boolean,
): Promise<string | null> => {
  const hasPod = (name: string) =>
    [...current, ...outdated].some(({ metadata }) => metadata?.name?.startsWith(`${name}-`))
  for (const { kind, name, refused, settled } of workloads) {
    // A StatefulSet says it in its events alone.
    const silent = kind === 'StatefulSet' && !settled && !hasPod(name)
    if ((refused === null && !silent) || !lasted(name)) continue
    const failed = silent ? (await warningsOf(cluster, name)).findLast(({ reason }) => reason === 'FailedCreate') : null
    const why = refused ?? failed?.message
    if (why) return `Kubernetes does not make the pods of ${name}: ${why}`
  }
  return null
}

/** A StatefulSet waits for an old pod to get ready before it replaces it, for ever when that one cannot start. */
const makeWay = async ({ core, namespace }: Cluster, pod: V1Pod): Promise<void> => {
  const name = pod.metadata?.name ?? ''
  if (!pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'StatefulSet')) return
  say(`  pod ${name} of the version before cannot start: deleted to make way for the new one`)
  const uid = pod.metadata.uid
  const body = uid === undefined ? {} : { preconditions: { uid } }
  await ask(`delete pod ${name}`, core.deleteNamespacedPod({ name, namespace, body }))
}
