// What runs in the namespace: Deployments, what stands behind the Services of the backing, Jobs, Secrets. Reads only.
import { BatchV1Api, CustomObjectsApi, type V1Deployment, type V1Job, type V1Pod } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { isReady, type PodTrouble, restartsOf, troubleOf } from './pods.ts'

/** A Deployment and its pods. `trouble`: of those pods that do not serve. */
export type Workload = {
  name: string
  version: string | null
  wanted: number
  ready: number
  restarts: number
  trouble: PodTrouble[]
}

/** What the services stand on, behind one Service: however it is run. */
export type BackingPart = { service: string; present: boolean; ready: number; pods: number; trouble: PodTrouble[] }

const labelsOf = (pod: V1Pod) => pod.metadata?.labels ?? {}

const matches = (pod: V1Pod, selector: Readonly<Record<string, string>>): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labelsOf(pod)[key] === value)

/** Every pod in the namespace. */
export const readPods = async ({ core, namespace }: Cluster): Promise<V1Pod[]> =>
  (await ask('list pods', core.listNamespacedPod({ namespace })))?.items ?? []

/** Every Deployment in the namespace, by name. */
export const readWorkloads = async (cluster: Cluster, pods: readonly V1Pod[]): Promise<Map<string, Workload>> => {
  const { apps, namespace } = cluster
  const deployments = (await ask('list deployments', apps.listNamespacedDeployment({ namespace })))?.items ?? []
  const made = await Promise.all(deployments.map((deployment) => workloadOf(cluster, deployment, pods)))
  return new Map(made.map((workload) => [workload.name, workload]))
}

const workloadOf = async (cluster: Cluster, deployment: V1Deployment, pods: readonly V1Pod[]): Promise<Workload> => {
  const own = pods.filter((pod) => matches(pod, deployment.spec?.selector.matchLabels ?? {}))
  return {
    name: deployment.metadata?.name ?? '',
    version: deployment.metadata?.labels?.['app.kubernetes.io/version'] ?? null,
    wanted: deployment.spec?.replicas ?? 1,
    ready: deployment.status?.readyReplicas ?? 0,
    restarts: restartsOf(own),
    trouble: await troubles(cluster, own),
  }
}

/** What stands behind a Service. A pod of a Job may carry the same labels: only those that are to run on count. */
export const readBacking = async (cluster: Cluster, service: string, pods: readonly V1Pod[]): Promise<BackingPart> => {
  const { core, namespace } = cluster
  const found = await ask(`get service ${service}`, core.readNamespacedService({ name: service, namespace }))
  const own = pods.filter((pod) => matches(pod, found?.spec?.selector ?? {}) && pod.spec?.restartPolicy === 'Always')
  return {
    service,
    present: found !== null,
    ready: own.filter(isReady).length,
    pods: own.length,
    trouble: await troubles(cluster, own),
  }
}

const troubles = async (cluster: Cluster, pods: readonly V1Pod[]): Promise<PodTrouble[]> =>
  (await Promise.all(pods.map((pod) => troubleOf(cluster, pod)))).filter((trouble) => trouble !== null)

/** The instances of CloudNativePG's Cluster. */
export type PostgresInstances = { wanted: number; ready: number; phase: string }

/** Null where PostgreSQL is not run by CloudNativePG, or where one may not look. */
export const readInstances = async ({ config, namespace }: Cluster): Promise<PostgresInstances | null> => {
  const api = config.makeApiClient(CustomObjectsApi)
  const kind = { group: 'postgresql.cnpg.io', version: 'v1', plural: 'clusters' }
  const found = await ask(
    'get cluster postgres',
    api.getNamespacedCustomObject({ ...kind, namespace, name: 'postgres' }),
  ).catch(() => null)
  if (!found) return null
  const { spec, status } = found as {
    spec?: { instances?: number }
    status?: { readyInstances?: number; phase?: string }
  }
  return { wanted: spec?.instances ?? 1, ready: status?.readyInstances ?? 0, phase: status?.phase ?? 'not known' }
}

/** The Jobs that have failed, each with why. */
export const readFailedJobs = async (
  cluster: Cluster,
  pods: readonly V1Pod[],
): Promise<{ name: string; reason: string }[]> => {
  const { config, namespace } = cluster
  const batch = config.makeApiClient(BatchV1Api)
  const jobs = (await ask('list jobs', batch.listNamespacedJob({ namespace })))?.items ?? []
  const failed = (job: V1Job) =>
    job.status?.conditions?.find(({ type, status }) => type === 'Failed' && status === 'True')
  return Promise.all(
    jobs.flatMap((job) => {
      const condition = failed(job)
      if (!condition) return []
      const name = job.metadata?.name ?? ''
      const own = pods.filter((pod) => labelsOf(pod)['batch.kubernetes.io/job-name'] === name)
      return [
        troubles(cluster, own).then((found) => ({
          name,
          reason: found.at(-1)?.reason ?? condition.message ?? condition.reason ?? 'it failed',
        })),
      ]
    }),
  )
}

/** The names of the keys of every Secret that is not Helm's own record. Values are not kept. */
export const readSecretKeys = async ({ core, namespace }: Cluster): Promise<Map<string, Set<string>>> => {
  const fieldSelector = 'type!=helm.sh/release.v1'
  const secrets = (await ask('list secrets', core.listNamespacedSecret({ namespace, fieldSelector })))?.items ?? []
  return new Map(
    secrets.map(({ metadata, data }) => [
      metadata?.name ?? '',
      new Set(Object.entries(data ?? {}).flatMap(([key, value]) => (value === '' ? [] : [key]))),
    ]),
  )
}
