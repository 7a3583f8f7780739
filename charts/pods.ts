// What every pod must be like, whoever it belongs to: the `restricted` Pod Security Standard and what the charts promise beyond it.
import assert from 'node:assert/strict'
import type { Rendered } from './helm.ts'

type HttpProbe = { httpGet?: { path: string; port: string } }

/** The parts of a container that tests ask for. */
export type Container = {
  name: string
  image: string
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[]
  envFrom?: { configMapRef: { name: string } }[]
  ports?: { name: string; containerPort: number }[]
  resources: { requests: Record<string, string>; limits: Record<string, string> }
  startupProbe?: HttpProbe
  readinessProbe?: HttpProbe
  livenessProbe?: HttpProbe
  lifecycle?: { preStop?: object }
  securityContext?: {
    allowPrivilegeEscalation?: boolean
    readOnlyRootFilesystem?: boolean
    privileged?: boolean
    runAsUser?: number
    runAsNonRoot?: boolean
    capabilities?: { drop?: string[]; add?: string[] }
    seccompProfile?: { type: string }
  }
}

/** A pod's template. */
export type Pod = {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> }
  spec: {
    serviceAccountName?: string
    automountServiceAccountToken?: boolean
    hostNetwork?: boolean
    hostPID?: boolean
    hostIPC?: boolean
    terminationGracePeriodSeconds?: number
    topologySpreadConstraints?: { labelSelector: { matchLabels: Record<string, string> } }[]
    securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } }
    volumes?: Record<string, unknown>[]
    containers: Container[]
    initContainers?: Container[]
  }
}

/** The template of the pods that an object makes; undefined when it makes none. */
export const templateOf = (object: Rendered): Pod | undefined =>
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(object.kind)
    ? (object.spec as { template: Pod }).template
    : undefined

/** The first container. */
export const containerOf = (pod: Pod): Container => {
  const [first] = pod.spec.containers
  assert.ok(first, 'a pod without a container')
  return first
}

const volumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

/** What is wrong with a pod, a line for each; empty when it may run in a namespace that enforces `restricted`. */
export const problemsOfPod = ({ metadata, spec }: Pod): string[] => {
  const name = metadata.labels['app.kubernetes.io/name']
  const problems: string[] = []
  const must = (holds: boolean | undefined, what: string) => void (holds || problems.push(`${name}: ${what}`))
  must(!spec.hostNetwork && !spec.hostPID && !spec.hostIPC, 'shares what is the host’s')
  must(spec.automountServiceAccountToken === false, 'has a token for the API server')
  must(spec.securityContext?.runAsUser !== 0, 'runs as root')
  for (const volume of spec.volumes ?? []) {
    const [kind] = Object.keys(volume).filter((key) => key !== 'name')
    must(kind === undefined || volumes.includes(kind), `has a volume of the kind ${kind}`)
  }
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const { securityContext: rights = {}, resources } = container
    const is = (holds: boolean | undefined, what: string) => must(holds, `${container.name} ${what}`)
    is(rights.runAsNonRoot ?? spec.securityContext?.runAsNonRoot, 'may run as root')
    is(rights.runAsUser !== 0 && !rights.privileged, 'is privileged')
    is(rights.allowPrivilegeEscalation === false, 'may gain rights')
    is(rights.capabilities?.drop?.includes('ALL') && !rights.capabilities.add?.length, 'keeps capabilities')
    is(rights.readOnlyRootFilesystem, 'writes to its root')
    is(
      ['RuntimeDefault', 'Localhost'].includes(
        (rights.seccompProfile ?? spec.securityContext?.seccompProfile)?.type ?? '',
      ),
      'has no seccomp profile',
    )
    for (const kind of ['requests', 'limits'] as const) {
      for (const resource of ['cpu', 'memory'])
        is(resources?.[kind]?.[resource] !== undefined, `has no ${kind}.${resource}`)
    }
  }
  return problems
}
