// What a report of an installation on a cluster adds: its objects, events, the logs of every container, and its releases.
import { AutoscalingV2Api, BatchV1Api, NetworkingV1Api, type V1Pod } from '@kubernetes/client-node'
import { parseAllDocuments, stringify } from 'yaml'
import { ask, type Cluster } from '../cluster/client.ts'
import type { installationReadings } from '../health/installation.ts'
import type { Part } from './parts.ts'
import { withoutSecrets } from './redact.ts'

const longestLog = { lines: 20_000, bytes: 8 * 2 ** 20 }

const yaml = (tree: unknown): string => stringify(withoutSecrets(JSON.parse(JSON.stringify(tree ?? null))))

/** Parts of the namespace. `since`: how far back logs go. */
export const clusterParts = async (
  cluster: Cluster,
  look: ReturnType<typeof installationReadings>,
  since: Date,
): Promise<Part[]> => {
  const pods = await look.pods()
  const releases = await look.releases()
  return [
    ...objectParts(cluster),
    ...pods.map((pod): Part => ({ path: `kubernetes/pods/${pod.metadata?.name}.yaml`, read: async () => yaml(pod) })),
    ...pods.flatMap((pod) => logParts(cluster, pod, since)),
    ...releases.flatMap(({ name, manifest, values, ...about }): Part[] => [
      { path: `helm/${name}/release.yaml`, read: async () => yaml(about) },
      { path: `helm/${name}/values.yaml`, read: async () => yaml(values) },
      {
        path: `helm/${name}/manifest.yaml`,
        read: async () =>
          parseAllDocuments(manifest)
            .map((one) => yaml(one.toJS()))
            .join('---\n'),
      },
    ]),
  ]
}

const objectParts = (cluster: Cluster): Part[] => {
  const { apps, config, core, namespace, version } = cluster
  const inside = { namespace }
  const lists: Record<string, () => Promise<unknown>> = {
    version: () => version.getCode(),
    nodes: () => core.listNode(),
    events: () => core.listNamespacedEvent(inside),
    services: () => core.listNamespacedService(inside),
    configmaps: () => core.listNamespacedConfigMap(inside),
    volumeclaims: () => core.listNamespacedPersistentVolumeClaim(inside),
    deployments: () => apps.listNamespacedDeployment(inside),
    statefulsets: () => apps.listNamespacedStatefulSet(inside),
    jobs: () => config.makeApiClient(BatchV1Api).listNamespacedJob(inside),
    autoscalers: () => config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler(inside),
    networkpolicies: () => config.makeApiClient(NetworkingV1Api).listNamespacedNetworkPolicy(inside),
  }
  return Object.entries(lists).map(([name, list]) => ({
    path: `kubernetes/${name}.yaml`,
    read: async () => yaml(await ask(`list ${name}`, list())),
  }))
}

const logParts = ({ core, namespace }: Cluster, pod: V1Pod, since: Date): Part[] => {
  const name = pod.metadata?.name ?? ''
  const sinceSeconds = Math.max(1, Math.round((Date.now() - since.getTime()) / 1000))
  const read = (container: string, previous: boolean) => async () =>
    (await ask(
      `read the log of pod ${name}`,
      core.readNamespacedPodLog({
        name,
        namespace,
        container,
        previous,
        sinceSeconds,
        timestamps: true,
        tailLines: longestLog.lines,
        limitBytes: longestLog.bytes,
      }),
    )) ?? ''
  const restarted = new Set(
    (pod.status?.containerStatuses ?? []).filter(({ restartCount }) => restartCount > 0).map((one) => one.name),
  )
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].flatMap((container): Part[] => [
    { path: `logs/${name}/${container.name}.log`, read: read(container.name, false) },
    ...(restarted.has(container.name)
      ? [{ path: `logs/${name}/${container.name}.previous.log`, read: read(container.name, true) }]
      : []),
  ])
}
