// The logs of an installation's pods: those that are there, and while following those that come.
import { setTimeout as sleep } from 'node:timers/promises'
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { containerLog, type LogOptions } from '../cluster/log.ts'
import { reasonOf } from '../failure.ts'
import { say } from '../terminal.ts'
import { keyOf, type LogLine, lineOf } from './line.ts'

const pause = 2000
const nameLabel = 'app.kubernetes.io/name'

/** One container of one pod. `status`: undefined before the node has taken it. */
export type Container = { service: string; pod: string; container: string; status: V1ContainerStatus | undefined }

/** Every container of the installation. */
export const containersOf = async ({ core, namespace }: Cluster): Promise<Container[]> => {
  const labelSelector = 'app.kubernetes.io/part-of=deliveryflow'
  const pods = await ask('list pods', core.listNamespacedPod({ namespace, labelSelector }))
  return (pods?.items ?? []).flatMap(containersIn)
}

const containersIn = ({ metadata, spec, status }: V1Pod): Container[] =>
  (spec?.containers ?? []).map(({ name }) => ({
    service: metadata?.labels?.[nameLabel] ?? metadata?.name ?? '',
    pod: metadata?.name ?? '',
    container: name,
    status: status?.containerStatuses?.find((one) => one.name === name),
  }))

const hasLog = ({ status }: Container) => Boolean(status?.state?.running ?? status?.state?.terminated)

/** The lines of one container as far as it has come; a line to stderr where they cannot be read. */
async function* linesOf(cluster: Cluster, one: Container, options: LogOptions): AsyncGenerator<LogLine> {
  const { service, pod, container } = one
  let key = ''
  try {
    for await (const { stamp, text } of containerLog(cluster, pod, container, options)) {
      key = keyOf(stamp) || key
      // Whose pod it is decides: a line of the autoscaler names the service that it is about.
      yield { ...lineOf(text, { service, pod, container, key }), service }
    }
  } catch (error) {
    const why = error instanceof Error && 'why' in error && error.why ? `: ${error.why}` : ''
    say(`${pod}: ${reasonOf(error)}${why}`)
  }
}

/** The logs of these containers so far, one for each. Those that have not begun are left out. */
export const logsSoFar = (cluster: Cluster, containers: readonly Container[], options: LogOptions) =>
  containers.filter((one) => options.previous || hasLog(one)).map((one) => linesOf(cluster, one, options))

/** Names a container within the namespace. */
export const idOf = ({ pod, container }: Pick<Container, 'pod' | 'container'>) => `${pod}/${container}`

/**
 * Passes on lines as they are written, until `stop`: of the containers that are wanted, also of those that come later.
 * `last`: of each container that was there before, the key of the line that was read last, or '' when there was none; a
 * connection that is lost goes on behind it. `options` say where to begin with those.
 */
export const followPods = async (
  cluster: Cluster,
  wanted: (one: Container) => boolean,
  options: LogOptions,
  last: Map<string, string>,
  stop: AbortSignal,
  push: (line: LogLine) => void,
): Promise<void> => {
  const running = new Map<string, Promise<void>>()
  const follow = async (one: Container, id: string) => {
    const from = last.get(id)
    last.set(id, from ?? '')
    // The API counts in whole seconds; what comes again is known by its key.
    const begin = from === undefined ? {} : from === '' ? options : { since: new Date(`${from.slice(0, 19)}Z`) }
    for await (const line of linesOf(cluster, one, { ...begin, follow: true, stop })) {
      if (from !== undefined && line.key <= from) continue
      last.set(id, line.key)
      push(line)
    }
  }
  while (!stop.aborted) {
    try {
      for (const one of await containersOf(cluster)) {
        const id = idOf(one)
        if (!wanted(one) || running.has(id)) continue
        // What has ended is read once, where it came and went between two looks.
        if (!one.status?.state?.running && !(hasLog(one) && !last.has(id))) continue
        const work = follow(one, id).finally(() => running.delete(id))
        running.set(id, work)
      }
    } catch (error) {
      say(`The pods cannot be listed now (${reasonOf(error)}); it is tried again.`)
    }
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined)
  }
  await Promise.all(running.values())
}
