// Checks before an install: helm is there, and the nodes have room for what the charts ask for.
import type { KubernetesObject, V1PodSpec } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import { ask, type Cluster } from '../../cluster/client.ts'
import { findCharts, type Profile } from '../../install/charts.ts'
import { type Helm, openHelm } from '../../install/helm.ts'
import { valueArguments } from '../../install/settings.ts'
import type { Globals } from '../../options.ts'
import { type Check, type Finding, failure, ok } from '../check.ts'
import { addRooms, quantity, type Room, requestsOf, roomOf } from '../quantity.ts'
import { unlessForbidden } from './cluster.ts'

/** Needs the check `cluster.api`. */
export const roomChecks = (cluster: Cluster, profile: Profile, globals: Globals): Check[] => {
  let opened: Promise<Helm> | undefined
  const helm = () => {
    opened ??= openHelm(globals)
    return opened
  }
  return [
    {
      id: 'cluster.helm',
      group: 'cluster',
      title: 'helm',
      run: async () => ok((await (await helm())(['version', '--template', '{{.Version}}'])).trim()),
    },
    {
      id: 'cluster.room',
      group: 'cluster',
      title: 'room',
      needs: ['cluster.nodes', 'cluster.helm'],
      run: () =>
        unlessForbidden(async () =>
          judgeRoom(await freeRoom(cluster), await wantedRoom(await helm(), profile), profile),
        ),
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

type Rendered = KubernetesObject & {
  spec?: {
    replicas?: number
    instances?: number
    resources?: { requests?: Record<string, string> }
    template?: { spec?: V1PodSpec }
  }
}

/** What the pods of both charts ask for in this profile; Jobs come and go before them, and are left out. */
const wantedRoom = async (helm: Helm, profile: Profile): Promise<Room> => {
  // A setting that the profile operators insists on, and that takes no room.
  const settings = { values: [], set: profile === 'operators' ? ['backing.smtp.uri=smtp://mail.invalid:25'] : [] }
  const values = valueArguments(settings, profile)
  try {
    const rendered = await Promise.all(
      Object.values(findCharts()).map((chart) =>
        helm([
          'template',
          chart.name,
          chart.folder,
          ...values.of(chart, {}).filter((word) => word !== '--reset-values'),
        ]),
      ),
    )
    return addRooms(rendered.flatMap((text) => parseAllDocuments(text).map((one) => roomFor(one.toJS() as Rendered))))
  } finally {
    values.remove()
  }
}

const roomFor = (object: Rendered | null): Room => {
  const { kind, spec } = object ?? {}
  const times = ({ cpu, memory }: Room, count: number) => ({ cpu: cpu * count, memory: memory * count })
  if (kind === 'Deployment' || kind === 'StatefulSet')
    return times(requestsOf(spec?.template?.spec ?? {}), spec?.replicas ?? 1)
  // CloudNativePG's Cluster: its operator makes the pods.
  if (kind === 'Cluster') return times(roomOf(spec?.resources?.requests), spec?.instances ?? 1)
  return { cpu: 0, memory: 0 }
}

const judgeRoom = (free: Room, wanted: Room, profile: Profile): Finding => {
  const gibibytes = (bytes: number) => `${(bytes / quantity('1Gi')).toFixed(1)} GiB`
  const said = `at least ${wanted.cpu.toFixed(1)} processors and ${gibibytes(wanted.memory)} are asked for, ${free.cpu.toFixed(1)} and ${gibibytes(free.memory)} are free`
  if (free.cpu >= wanted.cpu && free.memory >= wanted.memory) return ok(said)
  return failure(
    said,
    profile === 'light' ? 'Add a node, or remove what else runs.' : 'Add a node, or take --profile light.',
  )
}
