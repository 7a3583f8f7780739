// Checks before an install: helm is there, the charts take the settings, and the nodes have room for what they ask for.
import { ask, type Cluster } from '../../cluster/client.ts'
import type { Helm } from '../../install/helm.ts'
import type { Wanted } from '../../install/wanted.ts'
import { type Check, type Finding, failure, ok } from '../check.ts'
import { addRooms, quantity, type Room, requestsOf, roomOf } from '../quantity.ts'
import { unlessForbidden } from './cluster.ts'

/** Where `helm` or `wanted` reject, the first two find that. Needs the check `cluster.nodes`. */
export const roomChecks = (cluster: Cluster, helm: Promise<Helm>, wanted: Promise<readonly Wanted[]>): Check[] => {
  const group = 'cluster'
  return [
    {
      id: 'cluster.helm',
      group,
      title: 'helm',
      run: async () => ok((await (await helm)(['version', '--template', '{{.Version}}'])).trim()),
    },
    {
      id: 'cluster.settings',
      group,
      title: 'settings',
      needs: ['cluster.helm'],
      run: async () => ok(`the charts make ${(await wanted).length} objects of them`),
    },
    {
      id: 'cluster.room',
      group,
      title: 'room',
      needs: ['cluster.nodes', 'cluster.settings'],
      run: () => unlessForbidden(async () => judgeRoom(await freeRoom(cluster), addRooms((await wanted).map(roomFor)))),
    },
  ]
}

/** What the usable nodes have left beside the pods of other namespaces. */
const freeRoom = async ({ core, namespace }: Cluster): Promise<Room> => {
  const nodes = ((await ask('list nodes', core.listNode()))?.items ?? []).filter(
    ({ spec, status }) =>
      !spec?.unschedulable && status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
  )
  const names = new Set(nodes.map(({ metadata }) => metadata?.name))
  const pods = (await ask('list the pods of all namespaces', core.listPodForAllNamespaces()))?.items ?? []
  const others = pods.filter(
    ({ metadata, spec, status }) =>
      metadata?.namespace !== namespace &&
      names.has(spec?.nodeName) &&
      status?.phase !== 'Succeeded' &&
      status?.phase !== 'Failed',
  )
  const all = addRooms(nodes.map(({ status }) => roomOf(status?.allocatable)))
  const taken = addRooms(others.map(({ spec }) => requestsOf(spec ?? {})))
  return { cpu: all.cpu - taken.cpu, memory: all.memory - taken.memory }
}

/** What the pods of an object ask for. Jobs come and go before the services, and are left out. */
const roomFor = ({ kind, spec }: Wanted): Room => {
  const times = ({ cpu, memory }: Room, count: number) => ({ cpu: cpu * count, memory: memory * count })
  if (kind === 'Deployment' || kind === 'StatefulSet')
    return times(requestsOf(spec?.template?.spec ?? {}), spec?.replicas ?? 1)
  // CloudNativePG's Cluster: its operator makes the pods.
  if (kind === 'Cluster') return times(roomOf(spec?.resources?.requests), spec?.instances ?? 1)
  return { cpu: 0, memory: 0 }
}

const judgeRoom = (free: Room, wanted: Room): Finding => {
  const gibibytes = (bytes: number) => `${(bytes / quantity('1Gi')).toFixed(1)} GiB`
  const said = `at least ${wanted.cpu.toFixed(1)} processors and ${gibibytes(wanted.memory)} are asked for, ${free.cpu.toFixed(1)} and ${gibibytes(free.memory)} are free`
  if (free.cpu >= wanted.cpu && free.memory >= wanted.memory) return ok(said)
  return failure(
    said,
    'Add a node, remove what else runs, or ask for less with --profile light or --set …requests.cpu.',
  )
}
