// Checks of the cluster itself: version, nodes, storage, permissions, and the operators that the backing needs.
import { ApiextensionsV1Api, AuthorizationV1Api, StorageV1Api, type V1Node } from '@kubernetes/client-node'
import { ask, type Cluster } from '../../cluster/client.ts'
import { Failure } from '../../failure.ts'
import { codeOf } from '../../install/namespace.ts'
import type { Wanted } from '../../install/wanted.ts'
import { type Check, type Finding, failure, ok, skipped, warning } from '../check.ts'

const oldestMinor = 29

/** `objects`: what is installed, or is to be; `null` where nothing says so. */
export type ClusterNeeds = { objects(): Promise<readonly Wanted[] | null>; installing: boolean }

/** `installing`: what must hold before an install; otherwise what dfctl needs to look. */
export const clusterChecks = (cluster: Cluster, { objects, installing }: ClusterNeeds): Check[] => {
  const needs = ['cluster.api']
  const group = 'cluster'
  return [
    { id: 'cluster.api', group, title: 'Kubernetes', run: () => checkApi(cluster) },
    {
      id: 'cluster.nodes',
      group,
      title: 'nodes',
      needs,
      // What is wrong with the settings is not the nodes' matter.
      run: () =>
        unlessForbidden(async () => checkNodes(cluster, installing ? spreadOf(await objects().catch(() => null)) : 1)),
    },
    {
      id: 'cluster.storage',
      group,
      title: 'storage class',
      needs,
      run: () => unlessForbidden(() => checkStorage(cluster)),
    },
    {
      id: 'cluster.permissions',
      group,
      title: 'permissions',
      needs,
      run: () => checkPermissions(cluster, installing ? [...toLook, ...toInstall] : toLook),
    },
    {
      id: 'cluster.operators',
      group,
      title: 'operators',
      needs: [...needs, ...(installing ? ['cluster.settings'] : []), 'cluster.permissions'],
      run: () => unlessForbidden(async () => checkOperators(cluster, await objects())),
    },
  ]
}

/** Who was given a namespace alone may not look at the cluster, and can install in the namespace all the same. */
export const unlessForbidden = async (run: () => Promise<Finding>): Promise<Finding> => {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Failure && codeOf(error) === 403) return skipped(`not checked: ${error.message}`)
    throw error
  }
}

const checkApi = async ({ version }: Cluster): Promise<Finding> => {
  const answer = await ask('ask for the version', version.getCode())
  const minor = Number.parseInt(answer?.minor ?? '', 10)
  const found = answer?.gitVersion ?? 'unknown'
  if (answer?.major === '1' && minor < oldestMinor)
    return failure(`it is ${found}: older than 1.${oldestMinor}`, 'Upgrade the cluster, or choose another --context.')
  return ok(found)
}

/** On how many nodes CloudNativePG insists for its instances. */
const spreadOf = (objects: readonly Wanted[] | null): number => {
  const { instances = 1, affinity } = objects?.find(({ kind }) => kind === 'Cluster')?.spec ?? {}
  return affinity?.podAntiAffinityType === 'required' ? instances : 1
}

/** `spread`: how many are needed at least. */
const checkNodes = async ({ core }: Cluster, spread: number): Promise<Finding> => {
  const nodes = (await ask('list nodes', core.listNode()))?.items ?? []
  if (nodes.length === 0) return failure('there is none', 'kubectl get nodes')
  const state = (node: V1Node, type: string) =>
    node.status?.conditions?.find((condition) => condition.type === type)?.status
  const names = (some: V1Node[]) => some.map(({ metadata }) => metadata?.name).join(', ')
  const usable = nodes.filter((node) => state(node, 'Ready') === 'True' && !node.spec?.unschedulable)
  if (usable.length === 0) return failure(`none of ${nodes.length} is ready and takes pods`, 'kubectl describe nodes')
  const pressed = nodes.filter((node) =>
    ['MemoryPressure', 'DiskPressure', 'PIDPressure'].some((type) => state(node, type) === 'True'),
  )
  if (pressed.length > 0) return warning(`${names(pressed)} lacks memory, disk or processes`, 'kubectl describe nodes')
  const away = nodes.filter((node) => !usable.includes(node))
  if (away.length > 0) return warning(`${names(away)} is not ready or takes no pods`, 'kubectl get nodes')
  if (usable.length < spread)
    return warning(
      `${usable.length} takes pods, and the ${spread} instances of PostgreSQL are to be on as many nodes`,
      'dfctl deploy --profile operators --set backing.postgres.spread=preferred',
    )
  return ok(`${nodes.length} ready`)
}

const isDefault = 'storageclass.kubernetes.io/is-default-class'

const checkStorage = async ({ config }: Cluster): Promise<Finding> => {
  const classes =
    (await ask('list storage classes', config.makeApiClient(StorageV1Api).listStorageClass()))?.items ?? []
  const main = classes.filter(({ metadata }) => metadata?.annotations?.[isDefault] === 'true')
  const names = classes.map(({ metadata }) => metadata?.name).join(', ')
  if (main.length === 1) return ok(`${main[0]?.metadata?.name} is the default`)
  if (main.length > 1)
    return warning(`there are ${main.length} defaults; the newest is taken`, 'kubectl get storageclass')
  if (classes.length === 0) return failure('there is none: no volume can be made', 'Install a provisioner of volumes.')
  return warning(
    `none of ${names} is the default`,
    `dfctl deploy --set backing.storageClass=${classes[0]?.metadata?.name}`,
  )
}

type Permission = { verb: string; group: string; resource: string; subresource?: string }

const permission = (verb: string, name: string): Permission => {
  const [path = '', group = ''] = name.split('@')
  const [resource = '', subresource] = path.split('/')
  return { verb, group, resource, ...(subresource && { subresource }) }
}

const toLook: readonly Permission[] = [
  ...['pods', 'services', 'secrets', 'events', 'deployments@apps', 'jobs@batch'].map((name) =>
    permission('list', name),
  ),
  permission('get', 'pods/log'),
  permission('create', 'pods/portforward'),
]

const toInstall: readonly Permission[] = [
  'secrets',
  'configmaps',
  'services',
  'serviceaccounts',
  'deployments@apps',
  'statefulsets@apps',
  'jobs@batch',
  'poddisruptionbudgets@policy',
  'networkpolicies@networking.k8s.io',
  'horizontalpodautoscalers@autoscaling',
  'leases@coordination.k8s.io',
].flatMap((name) => ['create', 'patch', 'delete'].map((verb) => permission(verb, name)))

const checkPermissions = async ({ config, namespace }: Cluster, wanted: readonly Permission[]): Promise<Finding> => {
  const api = config.makeApiClient(AuthorizationV1Api)
  const answers = await Promise.all(
    wanted.map(async (resourceAttributes) => {
      const body = { spec: { resourceAttributes: { namespace, ...resourceAttributes } } }
      const answer = await ask('ask what you may do', api.createSelfSubjectAccessReview({ body }))
      return { ...resourceAttributes, allowed: answer?.status?.allowed === true }
    }),
  )
  const denied = Map.groupBy(
    answers.filter(({ allowed }) => !allowed),
    ({ verb }) => verb,
  )
  if (denied.size === 0) return ok(`all ${wanted.length} that are needed in ${namespace}`)
  const told = [...denied].map(
    ([verb, some]) =>
      `${verb} ${some.map(({ resource, subresource }) => (subresource ? `${resource}/${subresource}` : resource)).join(', ')}`,
  )
  return failure(`you may not: ${told.join('; ')}`, `Ask for a role with these verbs in namespace ${namespace}.`)
}

const cloudNativePg =
  'kubectl apply --server-side -f https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/release-1.30/releases/cnpg-1.30.0.yaml'

/** Custom resources of the chart backing, each with who serves it and how its makers have it installed (as in k8s/README.md). */
const operators = [
  { crd: 'clusters.postgresql.cnpg.io', operator: 'CloudNativePG', install: cloudNativePg },
  { crd: 'databases.postgresql.cnpg.io', operator: 'CloudNativePG 1.25 or newer', install: cloudNativePg },
  {
    crd: 'mongodbcommunity.mongodbcommunity.mongodb.com',
    operator: 'the MongoDB operator',
    install:
      "helm install mongodb-kubernetes mongodb-kubernetes --repo https://mongodb.github.io/helm-charts --version 1.10.1 -n mongodb --create-namespace --set operator.watchNamespace='*' --set 'operator.watchedResources={mongodbcommunity}' --set operator.telemetry.enabled=false",
  },
  {
    crd: 'redisreplications.redis.redis.opstreelabs.in',
    operator: 'the Redis operator of OT-CONTAINER-KIT',
    install:
      'helm install redis-operator redis-operator --repo https://ot-container-kit.github.io/helm-charts --version 0.26.1 -n redis-operator --create-namespace',
  },
] as const

const checkOperators = async ({ config }: Cluster, objects: readonly Wanted[] | null): Promise<Finding> => {
  if (objects === null) return skipped('not checked: nothing is installed that says which are needed')
  const groups = new Set(objects.map(({ apiVersion }) => apiVersion?.split('/')[0]))
  const needed = operators.filter(({ crd }) => groups.has(crd.slice(crd.indexOf('.') + 1)))
  if (needed.length === 0) return ok('none is needed')
  const api = config.makeApiClient(ApiextensionsV1Api)
  const found = await Promise.all(
    needed.map(async ({ crd, ...about }) => {
      const definition = await ask(`get CRD ${crd}`, api.readCustomResourceDefinition({ name: crd }))
      const established = definition?.status?.conditions?.some(
        ({ type, status }) => type === 'Established' && status === 'True',
      )
      return { crd, ...about, established: established === true }
    }),
  )
  const missing = found.filter(({ established }) => !established)
  if (missing.length === 0) return ok(`${found.length} custom resources are served`)
  const told = missing.map(({ crd, operator }) => `${operator} (${crd})`).join('; ')
  return failure(`missing: ${told}`, [...new Set(missing.map(({ install }) => install))].join('\n       '))
}
