// The namespace of an installation: made or made fit, and never one that belongs to somebody else.
import { ApiException, PatchStrategy, setHeaderOptions, type V1Namespace } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import type { Release } from '../health/releases.ts'
import { releaseNames } from './charts.ts'

/** What a namespace that dfctl made says of itself; only such a one is ever deleted. */
export const madeByDfctl = { 'app.kubernetes.io/managed-by': 'dfctl', 'app.kubernetes.io/part-of': 'deliveryflow' }

const security = 'pod-security.kubernetes.io/enforce'

/** What was done to the namespace. `unlabelled`: it does not enforce Pod Security, and dfctl may not make it. */
export type Prepared = 'made' | 'labelled' | 'unchanged' | 'unlabelled'

/** The namespace, or null. Where one may not read namespaces, which takes a right on the cluster, it counts as there. */
export const readNamespace = async ({ core, namespace: name }: Cluster): Promise<V1Namespace | null> => {
  try {
    return await ask(`get namespace ${name}`, core.readNamespace({ name }))
  } catch (error) {
    if (codeOf(error) === 403) return { metadata: { name } }
    throw error
  }
}

/** Whether dfctl made it. */
export const isOurs = ({ metadata }: V1Namespace): boolean =>
  Object.entries(madeByDfctl).every(([key, value]) => metadata?.labels?.[key] === value)

/** Throws `refused` when the namespace is Kubernetes' own, on its way out, or holds another installation. */
export const mindOwner = (name: string, namespace: V1Namespace | null, releases: readonly Release[]): void => {
  const choose = 'Choose another with --namespace.'
  if (/^kube-/.test(name)) throw new Failure('refused', `${name} belongs to Kubernetes`, { next: choose })
  if (namespace?.metadata?.deletionTimestamp) {
    throw new Failure('refused', `Namespace ${name} is being deleted`, { next: 'Run it again when it is gone.' })
  }
  const owner = namespace?.metadata?.labels?.['app.kubernetes.io/part-of']
  if (owner !== undefined && owner !== 'deliveryflow') {
    throw new Failure('refused', `Namespace ${name} belongs to ${owner}`, {
      why: `its label app.kubernetes.io/part-of is ${owner}`,
      next: choose,
    })
  }
  const ours = new Set<string>(releaseNames)
  const other = releases.find(
    ({ name: release, chart }) => ours.has(chart) !== ours.has(release) || (ours.has(release) && chart !== release),
  )
  if (other) {
    throw new Failure('refused', `Namespace ${name} holds another installation`, {
      why: `its Helm release ${other.name} is of the chart ${other.chart}`,
      next: `${choose} Or remove it: helm uninstall ${other.name} -n ${name}`,
    })
  }
}

/** Makes the namespace, or labels it so that it takes no pod with more rights than needed. */
export const prepareNamespace = async (cluster: Cluster, found: V1Namespace | null): Promise<Prepared> => {
  const { core, namespace: name } = cluster
  if (!found) {
    const labels = { ...madeByDfctl, [security]: 'restricted' }
    await ask('create namespaces', core.createNamespace({ body: { metadata: { name, labels } } }))
    return 'made'
  }
  if (found.metadata?.labels?.[security] !== undefined) return 'unchanged'
  const body = { metadata: { labels: { [security]: 'restricted' } } }
  try {
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
    await ask(`patch namespace ${name}`, core.patchNamespace({ name, body }, merge))
    return 'labelled'
  } catch (error) {
    // Who was only given a namespace cannot label it. All pods keep to the rules anyway.
    if (codeOf(error) === 403) return 'unlabelled'
    throw error
  }
}

/** The HTTP status that Kubernetes answered, where that is why something failed. */
export const codeOf = (error: unknown): number | undefined => {
  const cause = error instanceof Failure ? error.cause : error
  return cause instanceof ApiException ? cause.code : undefined
}
