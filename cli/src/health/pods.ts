// Why a pod does not serve, in words: from its status, its events and the last line of its log.
import type { CoreV1Event, V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'

/** What is wrong with a pod, and where it is stuck. `lasting`: waiting does not heal it. */
export type PodTrouble = {
  pod: string
  reason: string
  lasting: boolean
  stuck: 'without a node' | 'without an image' | 'before its start' | 'after its start'
}

/** Whether the pod takes part: its condition Ready, and not on its way out. */
export const isReady = (pod: V1Pod): boolean =>
  !pod.metadata?.deletionTimestamp &&
  (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True')

export const restartsOf = (pods: readonly V1Pod[]): number =>
  pods.flatMap(containersOf).reduce((sum, { restartCount }) => sum + restartCount, 0)

const containersOf = (pod: V1Pod): V1ContainerStatus[] => [
  ...(pod.status?.initContainerStatuses ?? []),
  ...(pod.status?.containerStatuses ?? []),
]

/** Looks at one pod; null when it is ready or has ended well. Asks for logs and events only where they say more. */
export const troubleOf = async (cluster: Cluster, pod: V1Pod): Promise<PodTrouble | null> => {
  const name = pod.metadata?.name ?? ''
  if (isReady(pod) || pod.status?.phase === 'Succeeded' || pod.metadata?.deletionTimestamp) return null
  const trouble = (stuck: PodTrouble['stuck'], reason: string, lasting = true): PodTrouble => ({
    pod: name,
    reason,
    lasting,
    stuck,
  })
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  if (unscheduled) {
    return trouble('without a node', `no node takes it: ${unscheduled.message ?? unscheduled.reason}`)
  }
  for (const container of containersOf(pod)) {
    const { waiting, terminated } = container.state ?? {}
    const ended = terminated ?? container.lastState?.terminated
    if (waiting && /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/.test(waiting.reason ?? ''))
      return trouble(
        'without an image',
        `its image ${container.image} cannot be had: ${waiting.message ?? waiting.reason}`,
      )
    if (waiting && /^Create|^RunContainerError$/.test(waiting.reason ?? ''))
      return trouble('before its start', `it cannot start: ${waiting.message ?? waiting.reason}`)
    if (ended && ended.exitCode !== 0) {
      const how = ended.reason === 'OOMKilled' ? 'ran out of its memory limit' : `ended with code ${ended.exitCode}`
      const line = await lastLine(cluster, name, container.name, terminated === undefined)
      const times = container.restartCount > 1 ? `, ${container.restartCount} times` : ''
      return trouble(
        'after its start',
        `${container.name} ${how}${times}${line ? `: ${line}` : ''}`,
        waiting?.reason === 'CrashLoopBackOff',
      )
    }
  }
  const event = await lastWarning(cluster, name)
  return trouble(
    'after its start',
    event?.message?.trim() || `it is ${pod.status?.phase ?? 'not there'} and not ready yet`,
    false,
  )
}

/** What the last line of a container's log says; '' when there is none. `previous`: of the run before this one. */
const lastLine = async ({ core, namespace }: Cluster, pod: string, container: string, previous: boolean) => {
  const log = await ask(
    `read the log of pod ${pod}`,
    core.readNamespacedPodLog({ name: pod, namespace, container, previous, tailLines: 20 }),
  ).catch(() => null)
  const line = log?.trimEnd().split('\n').at(-1) ?? ''
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter(Boolean).join(': ')
  } catch {
    return line.slice(0, 300)
  }
}

const lastWarning = async ({ core, namespace }: Cluster, pod: string): Promise<CoreV1Event | undefined> => {
  const fieldSelector = `involvedObject.name=${pod},type=Warning`
  const events = await ask('list events', core.listNamespacedEvent({ namespace, fieldSelector })).catch(() => null)
  const time = ({ lastTimestamp, eventTime, metadata }: CoreV1Event) =>
    Number(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0)
  return events?.items.sort((a, b) => time(a) - time(b)).at(-1)
}
