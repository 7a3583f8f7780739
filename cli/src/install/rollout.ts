// What Kubernetes makes of a release: its Deployments and StatefulSets, the pods of their newest version, and the Jobs of hooks.
import type { V1Deployment, V1OwnerReference, V1Pod, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'

/**
 * A Deployment or StatefulSet. `ready`: instances of the newest version that serve. `settled`: it is as it is to be. `refused`:
 * why Kubernetes does not even make its pods, where it says so.
 */
export type Workload = {
  kind: 'Deployment' | 'StatefulSet'
  name: string
  wanted: number
  ready: number
  settled: boolean
  refused: string | null
}

/** `current`: pods of the newest version. `outdated`: pods that wait to be replaced. `jobs`: pods of Jobs. */
export type Rollout = { workloads: Workload[]; current: V1Pod[]; outdated: V1Pod[]; jobs: V1Pod[] }

/** The label of a Job's pods that holds its name. */
export const jobLabel = 'batch.kubernetes.io/job-name'

/** Looks at everything of a release in the namespace. */
export const readRollout = async ({ core, apps, namespace }: Cluster, release: string): Promise<Rollout> => {
  const labelSelector = `app.kubernetes.io/instance=${release}`
  const query = { namespace, labelSelector }
  const [pods, deployments, sets, replicaSets] = await Promise.all([
    ask('list pods', core.listNamespacedPod(query)),
    ask('list deployments', apps.listNamespacedDeployment(query)),
    ask('list statefulsets', apps.listNamespacedStatefulSet(query)),
    ask('list replicasets', apps.listNamespacedReplicaSet(query)),
  ])
  return rolloutOf(pods?.items ?? [], deployments?.items ?? [], sets?.items ?? [], replicaSets?.items ?? [])
}

/** The same of what was read. */
export const rolloutOf = (
  pods: readonly V1Pod[],
  deployments: readonly V1Deployment[],
  sets: readonly V1StatefulSet[],
  replicaSets: readonly V1ReplicaSet[],
): Rollout => {
  const owners = new Set<string>()
  for (const deployment of deployments) {
    const own = replicaSets.filter(({ metadata }) => ownerOf(metadata) === deployment.metadata?.uid)
    const newest = own.toSorted((a, b) => revisionOf(b.metadata) - revisionOf(a.metadata))[0]
    if (newest?.metadata?.uid) owners.add(newest.metadata.uid)
  }
  const updates = new Map(sets.map(({ metadata, status }) => [metadata?.uid, status?.updateRevision]))
  const isCurrent = ({ metadata }: V1Pod) => {
    const owner = ownerOf(metadata)
    if (owner !== undefined && owners.has(owner)) return true
    const update = updates.get(owner)
    return update !== undefined && metadata?.labels?.['controller-revision-hash'] === update
  }
  const there = pods.filter(({ metadata }) => !metadata?.deletionTimestamp)
  const [jobs, lasting] = [there.filter(isOfJob), there.filter((pod) => !isOfJob(pod))]
  return {
    workloads: [...deployments.map(deploymentOf), ...sets.map(setOf)].sort((a, b) => a.name.localeCompare(b.name)),
    current: lasting.filter(isCurrent),
    outdated: lasting.filter((pod) => !isCurrent(pod)),
    jobs,
  }
}

const isOfJob = ({ metadata }: V1Pod) => metadata?.labels?.[jobLabel] !== undefined

const ownerOf = (metadata: { ownerReferences?: V1OwnerReference[] } | undefined): string | undefined =>
  metadata?.ownerReferences?.find(({ controller }) => controller)?.uid

const revisionOf = (metadata: { annotations?: { [key: string]: string } } | undefined): number =>
  Number(metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0)

const deploymentOf = ({ metadata, spec, status = {} }: V1Deployment): Workload => {
  const wanted = spec?.replicas ?? 1
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
  const seen = observedGeneration >= (metadata?.generation ?? 0)
  // Old instances count as available too: those that are too many are not of the newest version.
  const ready = seen ? Math.max(0, Math.min(updatedReplicas, availableReplicas - (replicas - updatedReplicas))) : 0
  const settled = seen && updatedReplicas === wanted && replicas === wanted && availableReplicas >= wanted
  const failing = status.conditions?.find(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  )
  const refused = (seen && failing?.message) || null
  return { kind: 'Deployment', name: metadata?.name ?? '', wanted, ready, settled, refused }
}

const setOf = ({ metadata, spec, status }: V1StatefulSet): Workload => {
  const wanted = spec?.replicas ?? 1
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0)
  const updated = status?.updateRevision === status?.currentRevision ? status?.replicas : status?.updatedReplicas
  const ready = seen ? Math.min(updated ?? 0, status?.readyReplicas ?? 0) : 0
  const settled = seen && ready >= wanted
  return { kind: 'StatefulSet', name: metadata?.name ?? '', wanted, ready, settled, refused: null }
}

/** "3 of 14 ready: order, payment, …": what is still waited for. */
export const readiness = (workloads: readonly Workload[]): string => {
  const waiting = workloads.filter(({ settled }) => !settled)
  const names = waiting.map(({ name, ready, wanted }) => (wanted > 1 ? `${name} ${ready}/${wanted}` : name))
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  const count = `${workloads.length - waiting.length} of ${workloads.length} ready`
  return names.length === 0 ? count : `${count}, waiting for ${shown.join(', ')}`
}
