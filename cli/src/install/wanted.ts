// The objects that both charts would make with given settings, for what must be known before an install. Helm renders; nobody asks the cluster.
import type { KubernetesObject, V1PodSpec } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import type { Helm } from './helm.ts'
import { argumentsOf, type Present } from './present.ts'

/** An object of a chart, as far as it is looked at before it is there. */
export type Wanted = KubernetesObject & {
  spec?: {
    replicas?: number
    instances?: number
    resources?: { requests?: Record<string, string> }
    affinity?: { enablePodAntiAffinity?: boolean; podAntiAffinityType?: string }
    template?: { spec?: V1PodSpec }
  }
}

/** A manifest of several YAML documents as objects. */
export const objectsIn = (manifest: string): Wanted[] =>
  parseAllDocuments(manifest).flatMap((document) => (document.toJS() as Wanted | null) ?? [])

/** Throws a usage Failure with Helm's words when the charts do not take the settings. */
export const wantedObjects = async (helm: Helm, present: Omit<Present, 'profile'>): Promise<Wanted[]> => {
  const rendered = await Promise.all(
    Object.values(present.charts).map((chart) => {
      const values = argumentsOf(present, chart.name).filter((word) => word !== '--reset-values')
      return helm(['template', chart.name, chart.folder, ...values])
    }),
  )
  return rendered.flatMap(objectsIn)
}
