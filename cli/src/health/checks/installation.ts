// Checks of what is installed in the namespace: releases, Secrets with their keys, hook Jobs, and what the services stand on.
import { databases, services } from '@deliveryflow/contracts'
import { ask, type Cluster } from '../../cluster/client.ts'
import { type Check, type Finding, failure, ok, warning } from '../check.ts'
import { commandFor, type Readings } from '../readings.ts'
import type { Release } from '../releases.ts'
import type { BackingPart, PostgresInstances } from '../workloads.ts'

/** What these checks read of Kubernetes, each once. */
export type InstallationReadings = {
  releases(): Promise<Release[]>
  secretKeys(): Promise<Map<string, Set<string>>>
  failedJobs(): Promise<{ name: string; reason: string }[]>
  backing(service: string): Promise<BackingPart>
  instances(): Promise<PostgresInstances | null>
}

/** Every Secret with the keys that somebody reads; the same from every profile of the backing. */
const expectedSecrets: readonly { name: string; keys: readonly string[] }[] = [
  { name: 'nats-auth', keys: ['admin', 'sys', ...services.map(({ name }) => name)] },
  ...databases.map((name) => ({ name: `postgres-${name}`, keys: ['username', 'password', 'uri'] })),
  { name: 'mongodb-review', keys: ['uri'] },
  { name: 'redis-auth', keys: ['uri'] },
  { name: 'smtp', keys: ['uri'] },
  { name: 'deliveryflow-identity', keys: ['key-encryption-key', 'admin-email', 'admin-password'] },
  { name: 'deliveryflow-audit', keys: ['signing-key'] },
]

/** What must be ready behind each Service; mail is there only where letters are caught. */
const backing = [
  { service: 'nats', title: 'NATS pods', wanted: 3, optional: false },
  { service: 'postgres', title: 'PostgreSQL pods', wanted: 1, optional: false },
  { service: 'mongodb', title: 'MongoDB pods', wanted: 1, optional: false },
  { service: 'redis', title: 'Redis pods', wanted: 1, optional: false },
  { service: 'mail', title: 'mail pods', wanted: 1, optional: true },
] as const

/** Needs the checks `cluster.api` and `cluster.permissions`. */
export const installationChecks = (readings: Readings, cluster: Cluster, look: InstallationReadings): Check[] => {
  const deploy = commandFor(readings, 'deploy')
  const needs = ['installation.namespace']
  return [
    {
      id: 'installation.namespace',
      group: 'installation',
      title: 'namespace',
      needs: ['cluster.api', 'cluster.permissions'],
      run: () => checkNamespace(cluster, deploy),
    },
    {
      id: 'installation.releases',
      group: 'installation',
      title: 'Helm releases',
      needs,
      run: async () => judgeReleases(await look.releases(), readings),
    },
    {
      id: 'installation.secrets',
      group: 'installation',
      title: 'Secrets',
      needs,
      run: async () => judgeSecrets(await look.secretKeys(), deploy),
    },
    {
      id: 'installation.jobs',
      group: 'installation',
      title: 'hook Jobs',
      needs,
      run: async () => {
        const failed = await look.failedJobs()
        if (failed.length === 0) return ok('none failed')
        return failure(failed.map(({ name, reason }) => `${name}: ${reason}`).join('; '), deploy)
      },
    },
    ...backing.map(
      ({ service, title, wanted, optional }): Check => ({
        id: `installation.${service}`,
        group: 'installation',
        title,
        needs,
        run: async () => {
          const found = judgeBacking(await look.backing(service), { wanted, optional, deploy })
          return service === 'postgres' && found.state === 'ok' ? judgeInstances(await look.instances(), found) : found
        },
      }),
    ),
  ]
}

const checkNamespace = async ({ core, namespace }: Cluster, deploy: string): Promise<Finding> => {
  const found = await ask(`get namespace ${namespace}`, core.readNamespace({ name: namespace })).catch(() => undefined)
  // Who may see the pods in it but not the namespace itself can still use it.
  if (found === undefined) return ok(`${namespace}, which you may not look at`)
  if (found === null) return failure(`there is no namespace ${namespace}`, deploy)
  if (found.status?.phase === 'Terminating') return failure(`${namespace} is being removed`, 'Wait, then deploy anew.')
  const policy = found.metadata?.labels?.['pod-security.kubernetes.io/enforce']
  if (policy !== 'restricted')
    return warning(`${namespace} does not enforce the restricted Pod Security Standard`, deploy)
  return ok(namespace)
}

const judgeReleases = (releases: readonly Release[], readings: Readings): Finding => {
  const [deploy, rollback, undeploy] = ['deploy', 'rollback', 'undeploy'].map((word) => commandFor(readings, word))
  const [missing] = ['backing', 'deliveryflow'].filter((name) => !releases.some((release) => release.name === name))
  // nats: the profile operators takes it from its own chart. Others in the namespace are not ours to judge.
  const ours = releases.filter(({ name }) => ['backing', 'deliveryflow', 'nats'].includes(name))
  const wrong = ours.find(({ status }) => status !== 'deployed')
  if (wrong) {
    const said = `${wrong.name} is ${wrong.status} at revision ${wrong.revision}${wrong.description ? `: ${wrong.description}` : ''}`
    if (wrong.status === 'uninstalling') return failure(said, undeploy)
    return failure(said, wrong.status === 'failed' && wrong.revision > 1 ? rollback : deploy)
  }
  if (missing) return failure(`there is no release ${missing}`, deploy)
  return ok(
    ours.map(({ name, chart_version, revision }) => `${name} ${chart_version} (revision ${revision})`).join(', '),
  )
}

const judgeSecrets = (found: ReadonlyMap<string, ReadonlySet<string>>, deploy: string): Finding => {
  const missing = expectedSecrets.flatMap(({ name, keys }) => {
    const there = found.get(name)
    if (!there) return [name]
    const absent = keys.filter((key) => !there.has(key))
    return absent.length > 0 ? [`${absent.join(', ')} in ${name}`] : []
  })
  if (missing.length > 0) return failure(`missing: ${missing.join('; ')}`, deploy)
  return ok(`${expectedSecrets.length} with all their keys`)
}

/** Behind its Service stands the primary alone; the others are what takes over from it. */
const judgeInstances = (found: PostgresInstances | null, otherwise: Finding): Finding => {
  if (!found) return otherwise
  const { ready, wanted, phase } = found
  if (ready >= wanted) return ok(`${ready} of ${wanted} instances ready`)
  return warning(`${ready} of ${wanted} instances ready: ${phase}`, 'kubectl describe cluster postgres')
}

const judgeBacking = (
  { service, present, ready, pods, trouble }: BackingPart,
  { wanted, optional, deploy }: { wanted: number; optional: boolean; deploy: string },
): Finding => {
  if (!present)
    return optional ? ok('letters go to a mail server of your own') : failure(`there is no Service ${service}`, deploy)
  const counted = `${ready} of ${Math.max(wanted, pods)} ready`
  const told = trouble.map(({ pod, reason }) => `${pod}: ${reason}`).join('; ')
  const reason = told ? `${counted}; ${told}` : counted
  const next = trouble[0] ? `kubectl describe pod ${trouble[0].pod}` : deploy
  // Of three NATS servers two are a quorum: whether they have one is another check's question.
  if (ready === 0) return failure(reason, next)
  return ready < Math.max(wanted, pods) ? warning(reason, next) : ok(reason)
}
