// Shows why a pod does not start: a sentence, its events, the end of its log.
import type { CoreV1Event, V1Pod } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { troubleOf } from '../health/pods.ts'
import { color, say } from '../terminal.ts'

const linesOfLog = 20
const events = 5

/** Tells on stderr what is wrong with a pod, and returns it as a sentence. What cannot be read is left out. */
export const explainPod = async (cluster: Cluster, pod: V1Pod): Promise<string> => {
  const name = pod.metadata?.name ?? ''
  const [trouble, warnings, log] = await Promise.all([
    troubleOf(cluster, pod).catch(() => null),
    warningsOf(cluster, name),
    logOf(cluster, pod),
  ])
  if (warnings.length > 0) say(`  ${color.bold(`events of pod ${name}`)}`)
  for (const { reason, message, count } of warnings.slice(-events)) {
    say(
      `    ${color.yellow(reason ?? '')} ${message?.trim()}${count && count > 1 ? color.dim(` (${count} times)`) : ''}`,
    )
  }
  if (log !== '') say(`  ${color.bold(`the end of its log`)}\n${log.replace(/^/gm, '    ')}`)
  return `pod ${name}: ${trouble?.reason ?? 'it is not ready'}`
}

/** Warnings about one object, the oldest first. */
export const warningsOf = async ({ core, namespace }: Cluster, name: string): Promise<CoreV1Event[]> => {
  const fieldSelector = `involvedObject.name=${name},type=Warning`
  const found = await ask('list events', core.listNamespacedEvent({ namespace, fieldSelector })).catch(() => null)
  const time = ({ lastTimestamp, eventTime, metadata }: CoreV1Event) =>
    Number(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? 0)
  return (found?.items ?? []).sort((a, b) => time(a) - time(b))
}

/** The log of the container that does not run: of its last run, when it waits for the next. */
const logOf = async ({ core, namespace }: Cluster, pod: V1Pod): Promise<string> => {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const status = statuses.find(
    ({ ready, started, state }) => !ready && (started || state?.terminated || state?.waiting),
  )
  if (!status?.lastState?.terminated && !status?.state?.terminated && !status?.state?.running) return ''
  const previous = status.state?.waiting !== undefined
  const query = { name: pod.metadata?.name ?? '', namespace, container: status.name, previous, tailLines: linesOfLog }
  const log = await ask('read the log of a pod', core.readNamespacedPodLog(query)).catch(() => null)
  return (log ?? '').trimEnd()
}
