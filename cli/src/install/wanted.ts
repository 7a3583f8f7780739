// The objects that both charts would make with given settings, for what must be known before an install. The namespace need not be there.
import { ApisApi, type KubernetesObject, type V1PodSpec } from '@kubernetes/client-node'
import { parseAllDocuments } from 'yaml'
import { ask, type Cluster } from '../cluster/client.ts'
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
export const wantedObjects = async (helm: Helm, { config }: Cluster, present: Present): Promise<Wanted[]> => {
  // A dry run by the server would know them too, and fail where an operator is missing: that is another check's to say.
  const served = await ask('list the API groups', config.makeApiClient(ApisApi).getAPIVersions())
  const versions = (served?.groups ?? []).flatMap((group) => group.versions.map(({ groupVersion }) => groupVersion))
  const apis = versions.flatMap((version) => ['--api-versions', version])
  const rendered = await Promise.all(
    Object.values(present.charts).map((chart) => {
      const values = argumentsOf(present, chart.name).filter((word) => word !== '--reset-values')
      return helm(['template', chart.name, chart.folder, ...apis, ...values])
    }),
  )
  return rendered.flatMap(objectsIn)
}
