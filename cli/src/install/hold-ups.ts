// What keeps a pod from starting, read off its status alone, and how long one waits for it to heal.
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { isReady } from '../health/pods.ts'

/**
 * `key` is the same while a pod is held up by the same thing. `patience_ms`: a pod that has been held up for so long never
 * starts by itself.
 */
export type HoldUp = { key: string; kind: 'image' | 'configuration' | 'crash' | 'node'; patience_ms: number }

/** What a registry says of an image that is not there or that it keeps to itself. */
const noSuchImage = /not found|manifest unknown|denied|unauthorized|does not exist|InvalidImageName|ErrImageNeverPull/i

/** What the kubelet says of a Secret or ConfigMap that it could not read in time. */
const lateCache = /failed to sync (secret|configmap) cache/

/** Restarts after which a container that ends by itself is given up: about a minute of back-off. */
export const restartsAllowed = 3

/** What holds the pod up; null while it runs, starts, or is on its way out. */
export const holdUpOf = (pod: V1Pod): HoldUp | null => {
  if (isReady(pod) || pod.metadata?.deletionTimestamp || pod.status?.phase === 'Succeeded') return null
  const uid = pod.metadata?.uid ?? pod.metadata?.name ?? ''
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  // A volume may be on its way, and an autoscaler may bring a node.
  if (unscheduled) return { key: `${uid} node`, kind: 'node', patience_ms: 60_000 }
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  for (const container of containers) {
    const hold = holdUpOfContainer(container)
    if (hold) return { ...hold, key: `${uid} ${container.name} ${hold.kind}` }
  }
  return null
}

const holdUpOfContainer = ({ state, restartCount }: V1ContainerStatus): Omit<HoldUp, 'key'> | null => {
  const reason = state?.waiting?.reason ?? ''
  if (/Image/.test(reason)) {
    const gone = noSuchImage.test(`${reason} ${state?.waiting?.message ?? ''}`)
    // A registry that does not answer may come back; the kubelet asks again after 10 and 20 s.
    return { kind: 'image', patience_ms: gone ? 3000 : 30_000 }
  }
  // A busy node that has not read the Secret yet reads it again.
  if (lateCache.test(state?.waiting?.message ?? '')) return null
  // A Secret or ConfigMap may be made a moment later.
  if (/^Create|^RunContainerError$/.test(reason)) return { kind: 'configuration', patience_ms: 15_000 }
  if (reason === 'CrashLoopBackOff' && restartCount >= restartsAllowed) return { kind: 'crash', patience_ms: 0 }
  return null
}
