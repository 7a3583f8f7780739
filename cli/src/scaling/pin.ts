// Sets how many replicas a service has, through whoever decides it: a number set behind a scaler's back would not last.
import { AutoscalingV2Api, CustomObjectsApi, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import {
  autoscaler,
  boundsAnnotation,
  pausedAnnotation,
  readAllScales,
  replicasAnnotation,
  type Scale,
  scaledObjects,
} from './scaler.ts'

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)

/** One change to make: what it is in words, and how it is made. */
export type Change = { service: string; to: number | 'auto'; words: string; make(): Promise<void> }

/** Sets the number in the Deployment itself. */
export const setReplicas = async ({ apps, namespace }: Cluster, service: string, replicas: number): Promise<void> => {
  const body = { spec: { replicas } }
  const done = await ask(
    `patch the scale of deployment ${service}`,
    apps.patchNamespacedDeploymentScale({ name: service, namespace, body }, merge),
  )
  if (!done) throw new Failure('not_found', `There is no Deployment ${service} in namespace ${namespace} any more`)
}

/** The same, with a note of it for releases to keep. */
const noteReplicas = async ({ apps, namespace }: Cluster, service: string, replicas: number): Promise<void> => {
  const annotations = { [replicasAnnotation]: String(replicas) }
  const body = { metadata: { annotations }, spec: { replicas } }
  await ask(`patch deployment ${service}`, apps.patchNamespacedDeployment({ name: service, namespace, body }, merge))
}

const patchHpa = async ({ config, namespace }: Cluster, name: string, body: object): Promise<void> => {
  const api = config.makeApiClient(AutoscalingV2Api)
  const call = api.patchNamespacedHorizontalPodAutoscaler({ name, namespace, body }, merge)
  await ask(`patch horizontal pod autoscaler ${name}`, call)
}

const annotateScaledObject = async (
  { config, namespace }: Cluster,
  name: string,
  value: string | null,
): Promise<void> => {
  const api = config.makeApiClient(CustomObjectsApi)
  const body = { metadata: { annotations: { [pausedAnnotation]: value } } }
  const call = api.patchNamespacedCustomObject({ ...scaledObjects, name, namespace, body }, merge)
  await ask(`patch scaled object ${name}`, call)
}

/** What brings a service to `replicas` and keeps it there. Throws `refused` where dfctl autoscale would undo it. */
export const pinTo = (cluster: Cluster, { service, scaler, wanted }: Scale, replicas: number): Change => {
  const change = (words: string, make: () => Promise<void>): Change => ({ service, to: replicas, words, make })
  switch (scaler.by) {
    case 'autoscaler':
      throw new Failure('refused', `dfctl autoscale decides on ${service} and would undo it`, {
        why: `the Deployment ${autoscaler} is told to mind it`,
        next: `Stop it first: kubectl scale deployment ${autoscaler} --replicas=0; or leave services.${service}.autoscaling.lag out of the chart's values.`,
      })
    case 'fixed':
      return change(`from ${wanted} to ${replicas}`, () => noteReplicas(cluster, service, replicas))
    case 'keda':
      return change(`KEDA is told to hold it at ${replicas}`, () =>
        annotateScaledObject(cluster, scaler.name, String(replicas)),
      )
    case 'hpa':
      return change(`its HPA is told to hold it at ${replicas}`, async () => {
        const annotations = { [boundsAnnotation]: JSON.stringify(scaler.bounds) }
        // An HPA takes no zero, but leaves a Deployment alone that has none.
        const spec =
          replicas === 0
            ? { minReplicas: scaler.bounds.min, maxReplicas: scaler.bounds.max }
            : { minReplicas: replicas, maxReplicas: replicas }
        await patchHpa(cluster, scaler.name, { metadata: { annotations }, spec })
        if (replicas === 0 || wanted === 0) await setReplicas(cluster, service, replicas)
      })
    default:
      return scaler satisfies never
  }
}

/** What lets a service be scaled by load again; null where nothing holds it. Throws `refused` where nothing would scale it. */
export const unpin = (cluster: Cluster, { service, scaler, wanted }: Scale): Change | null => {
  const change = (words: string, make: () => Promise<void>): Change => ({ service, to: 'auto', words, make })
  switch (scaler.by) {
    case 'autoscaler':
      return null
    case 'fixed':
      throw new Failure('refused', `Nothing scales ${service} by its load`, {
        why: 'it has neither an HPA nor a ScaledObject',
        next: 'Set its autoscaling in the chart, or run dfctl autoscale.',
      })
    case 'keda':
      if (scaler.pinned === null) return null
      return change(`KEDA scales it from ${scaler.min} to ${scaler.max} again`, () =>
        annotateScaledObject(cluster, scaler.name, null),
      )
    case 'hpa': {
      if (scaler.pinned === null) return null
      const { min, max } = scaler.bounds
      return change(`its HPA scales it from ${min} to ${max} again`, async () => {
        await patchHpa(cluster, scaler.name, {
          metadata: { annotations: { [boundsAnnotation]: null } },
          spec: { minReplicas: min, maxReplicas: max },
        })
        if (wanted === 0) await setReplicas(cluster, service, min)
      })
    }
    default:
      return scaler satisfies never
  }
}

/** What `dfctl scale` holds at a number, and through whom. */
export type Pin = { service: string; replicas: number; by: 'fixed' | 'hpa' | 'keda' }

export const readPins = async (cluster: Cluster): Promise<Pin[]> =>
  (await readAllScales(cluster)).flatMap(({ service, scaler }) =>
    scaler.by !== 'autoscaler' && scaler.pinned !== null ? [{ service, replicas: scaler.pinned, by: scaler.by }] : [],
  )

/** Pins again what a release has set back to the chart's numbers. */
export const restorePins = async (cluster: Cluster, pins: readonly Pin[]): Promise<void> => {
  if (pins.length === 0) return
  const scales = await readAllScales(cluster)
  for (const { service, replicas, by } of pins) {
    const scale = scales.find((one) => one.service === service)
    if (scale?.scaler.by === by && scale.scaler.pinned !== replicas) await pinTo(cluster, scale, replicas).make()
  }
}
