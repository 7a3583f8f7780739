// Helm for the tests of the charts: finds it or builds it, and renders a chart into objects. What they must be like is the tests'.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { addToCache, cacheFolder } from '@deliveryflow/local/binaries'
import { onPath } from '@deliveryflow/local/sources'
import { parseAllDocuments } from 'yaml'

const run = promisify(execFile)

/** The version that is built where there is none. */
const version = 'v3.19.5'
/** The Kubernetes that charts are rendered for where nothing else is asked. */
export const kubernetesVersion = '1.34.0'
const [major, minor] = kubernetesVersion.split('.')
/** What helm's own releases are built with: without it, helm takes every chart to be meant for a Kubernetes 1.20. */
const flags = Object.entries({
  'internal/version.version': version,
  'pkg/chartutil.k8sVersionMajor': major,
  'pkg/chartutil.k8sVersionMinor': minor,
  'pkg/lint/rules.k8sVersionMajor': major,
  'pkg/lint/rules.k8sVersionMinor': minor,
}).map(([name, value]) => `-X helm.sh/helm/v3/${name}=${value}`)

/** An object of Kubernetes as it is rendered, with the fields that every kind has. */
export type Rendered = {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  [field: string]: unknown
}

/**
 * Where helm is: on PATH, in the cache of `shared/cluster`, in our own, else built by Go into ours (a few minutes, once).
 * Throws an error that says what was missing.
 */
export const findHelm = async (): Promise<string> => {
  const own = `helm-${version}`
  const cached = [join(cacheFolder(), own), join(cacheFolder(), '..', 'df-cluster', 'bin', 'helm')]
  const found = onPath('helm') ?? cached.find((path) => existsSync(path))
  if (found !== undefined) return found
  if (onPath('go') === undefined) throw new Error('helm is not on PATH, and there is no go to build it with')
  return addToCache(own, async (scratch) => {
    const wanted = `helm.sh/helm/v3/cmd/helm@${version}`
    await run('go', ['install', '-ldflags', flags.join(' '), wanted], { env: { ...process.env, GOBIN: scratch } })
    const [file] = readdirSync(scratch)
    if (file === undefined) throw new Error(`go install ${wanted} left no program`)
    return join(scratch, file)
  })
}

/** What a rendering is asked for: files of values, single values, and the API groups that the cluster is said to have. */
export type Rendering = {
  values?: readonly string[]
  set?: readonly string[]
  apis?: readonly string[]
  kubernetes?: string
}

/** The objects that a chart renders to, in a namespace `shop`. Rejects with what helm says. */
export const render = async (helm: string, chart: string, rendering: Rendering = {}): Promise<Rendered[]> => {
  const { values = [], set = [], apis = [], kubernetes = kubernetesVersion } = rendering
  const { stdout } = await run(
    helm,
    [
      ...['template', 'deliveryflow', chart, '--namespace', 'shop', '--kube-version', kubernetes],
      ...values.flatMap((file) => ['--values', join(chart, file)]),
      ...set.flatMap((one) => ['--set', one]),
      ...apis.flatMap((api) => ['--api-versions', api]),
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  )
  return objectsIn(stdout)
}

/** The objects of a YAML text, as Kubernetes reads it: by YAML 1.1, where `on` is true. Throws when it is none. */
export const objectsIn = (text: string): Rendered[] =>
  parseAllDocuments(text, { version: '1.1' }).flatMap((document): Rendered[] => {
    if (document.errors.length > 0) throw new Error(`this is no YAML: ${document.errors.join(', ')}`)
    const object = document.toJS() as Rendered | null
    return object === null ? [] : [object]
  })

/** The object of this kind and name. Throws when there is none. */
export const find = (objects: readonly Rendered[], kind: string, name: string): Rendered => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}

/** Whether there is an object of this kind and name. */
export const has = (objects: readonly Rendered[], kind: string, name: string): boolean =>
  objects.some((object) => object.kind === kind && object.metadata.name === name)

type Egress = {
  to?: { podSelector?: { matchLabels: Record<string, string> } }[]
  ports: { protocol: string; port: number }[]
}

/** The ways out that a NetworkPolicy leaves, as `name:port`; names are looked up anywhere. */
export const waysOut = (policy: Rendered): string[] =>
  ((policy.spec as { egress?: Egress[] }).egress ?? []).flatMap(({ to, ports }) =>
    ports.map(({ port }) => `${to?.[0]?.podSelector?.matchLabels['app.kubernetes.io/name'] ?? 'anywhere'}:${port}`),
  )

/** What helm lint finds. Rejects with it when the chart is not well-formed. */
export const lint = async (helm: string, chart: string, values: readonly string[] = []): Promise<string> => {
  const files = values.flatMap((file) => ['--values', join(chart, file)])
  const { stdout } = await run(helm, ['lint', '--strict', '--kube-version', kubernetesVersion, chart, ...files])
  return stdout
}
