// Who decides how many replicas a service has: its Deployment alone, an HPA, KEDA, or dfctl autoscale in the cluster. Reads only.
import { AutoscalingV2Api, CustomObjectsApi, type V1Deployment } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { deployments as names } from '../deployments.ts'
import { Failure } from '../failure.ts'

/** What KEDA reads to hold a number of replicas. Source: KEDA, "Scaling Deployments", pausing. */
export const pausedAnnotation = 'autoscaling.keda.sh/paused-replicas'
/** Where `dfctl scale` notes the number of a Deployment that nothing scales, for releases to keep. */
export const replicasAnnotation = 'deliveryflow/replicas'
/** Where `dfctl scale` keeps the bounds that an HPA had before it was pinned. */
export const boundsAnnotation = 'deliveryflow/unpinned-bounds'
/** The Deployment in which the charts run `dfctl autoscale`. */
export const autoscaler = 'autoscaler'

/** `pinned`: the number that dfctl holds it at; null where it scales freely. `bounds`: those to go back to. */
export type Scaler =
  | { by: 'fixed'; pinned: number | null }
  | { by: 'autoscaler'; min: number; max: number }
  | { by: 'hpa'; name: string; min: number; max: number; pinned: number | null; bounds: { min: number; max: number } }
  | { by: 'keda'; name: string; min: number; max: number; pinned: number | null }

/** How many replicas a service has and is to have. */
export type Scale = { service: string; wanted: number; current: number; ready: number; scaler: Scaler }

type ScaledObject = {
  metadata: { name: string; annotations?: Record<string, string> }
  spec: { scaleTargetRef: { name: string; kind?: string }; minReplicaCount?: number; maxReplicaCount?: number }
}

/** KEDA's own defaults, for what a ScaledObject leaves out. */
const kedaMin = 0
const kedaMax = 100

export const scaledObjects = { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects' } as const

/** The scales of these services, in their order. Throws `not_found` for one that has no Deployment. */
export const readScales = async (cluster: Cluster, names: readonly string[]): Promise<Scale[]> => {
  const scales = await readAllScales(cluster)
  return names.map((name) => {
    const scale = scales.find(({ service }) => service === name)
    if (scale) return scale
    throw new Failure('not_found', `There is no Deployment ${name} in namespace ${cluster.namespace}`, {
      next: 'See dfctl status; another installation: --namespace.',
    })
  })
}

/** The scales of all services, and of the pages, that have a Deployment. */
export const readAllScales = async (cluster: Cluster): Promise<Scale[]> => {
  const { apps, config, namespace } = cluster
  const [deployments, hpas, objects] = await Promise.all([
    ask('list deployments', apps.listNamespacedDeployment({ namespace })),
    ask(
      'list horizontal pod autoscalers',
      config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({ namespace }),
    ),
    ask(
      'list scaled objects',
      config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({ ...scaledObjects, namespace }),
    ),
  ])
  const byName = new Map((deployments?.items ?? []).map((deployment) => [deployment.metadata?.name ?? '', deployment]))
  const autoscaled = autoscaledBy(byName.get(autoscaler))
  const scaledBy = (service: string): Scaler => {
    // KEDA makes an HPA of its own: who has a ScaledObject is not asked about HPAs.
    const object = ((objects as { items: ScaledObject[] } | null)?.items ?? []).find(
      ({ spec }) => spec.scaleTargetRef.name === service && (spec.scaleTargetRef.kind ?? 'Deployment') === 'Deployment',
    )
    if (object) return kedaOf(object)
    const hpa = (hpas?.items ?? []).find(
      ({ spec }) => spec?.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === service,
    )
    if (hpa?.spec) {
      const { minReplicas: min = 1, maxReplicas: max } = hpa.spec
      const kept = boundsIn(hpa.metadata?.annotations?.[boundsAnnotation])
      // A release sets the bounds anew and leaves the annotation: then nothing is pinned.
      const stopped = byName.get(service)?.spec?.replicas === 0
      const pinned = kept === null ? null : stopped ? 0 : min === max ? min : null
      return {
        by: 'hpa',
        name: hpa.metadata?.name ?? service,
        min,
        max,
        pinned,
        bounds: pinned !== null && kept ? kept : { min, max },
      }
    }
    const bounds = autoscaled.get(service)
    if (bounds) return { by: 'autoscaler', ...bounds }
    const { metadata, spec } = byName.get(service) ?? {}
    const noted = metadata?.annotations?.[replicasAnnotation]
    // Who set another number since then meant it.
    return { by: 'fixed', pinned: noted === String(spec?.replicas) ? Number(noted) : null }
  }
  return names.flatMap((service) => {
    const deployment = byName.get(service)
    if (!deployment) return []
    return {
      service,
      wanted: deployment.spec?.replicas ?? 1,
      current: deployment.status?.replicas ?? 0,
      ready: deployment.status?.readyReplicas ?? 0,
      scaler: scaledBy(service),
    }
  })
}

const kedaOf = ({ metadata, spec }: ScaledObject): Scaler => {
  const paused = metadata.annotations?.[pausedAnnotation]
  return {
    by: 'keda',
    name: metadata.name,
    min: spec.minReplicaCount ?? kedaMin,
    max: spec.maxReplicaCount ?? kedaMax,
    pinned: paused === undefined ? null : Number(paused),
  }
}

const boundsIn = (annotation: string | undefined): { min: number; max: number } | null => {
  try {
    const { min, max } = JSON.parse(annotation ?? 'null') ?? {}
    return Number.isInteger(min) && Number.isInteger(max) ? { min, max } : null
  } catch {
    return null
  }
}

/** The bounds of each service that an autoscaler with at least one replica is told to mind, as its arguments say. */
const autoscaledBy = (deployment: V1Deployment | undefined): Map<string, { min: number; max: number }> => {
  if (!deployment || deployment.spec?.replicas === 0) return new Map()
  const words = deployment.spec?.template.spec?.containers.flatMap(({ args }) => args ?? []) ?? []
  return new Map(
    words.flatMap((word) => {
      const [, service, min, max] = /^([a-z-]+)=(\d+)\.\.(\d+)/.exec(word) ?? []
      return service === undefined ? [] : [[service, { min: Number(min), max: Number(max) }] as const]
    }),
  )
}
