// Removes an installation: its releases, and on request its data and the namespace that dfctl made.
import { setTimeout as sleep } from 'node:timers/promises'
import { CustomObjectsApi } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import { type Release, readReleases } from '../health/releases.ts'
import { progress, say } from '../terminal.ts'
import { releaseNames } from './charts.ts'
import type { Installer } from './installer.ts'
import { withLease } from './lease.ts'
import { isOurs, mindOwner, readNamespace } from './namespace.ts'
import { removeJobs } from './revisions.ts'

/**
 * What there is of an installation, by name. `claims` are volumes with data; `databases` CloudNativePG's Clusters, which stay when
 * their release goes because their volumes would go with them; `secrets` passwords and keys.
 */
export type Remains = {
  releases: string[]
  claims: string[]
  databases: string[]
  secrets: string[]
  namespace: 'none' | 'ours' | 'other'
}

/** What all that dfctl and the charts make carries. */
const ours = 'app.kubernetes.io/part-of=deliveryflow'

/** Reads what there is. Throws `refused` when the namespace belongs to another installation. */
export const readRemains = async (cluster: Cluster): Promise<Remains> => {
  const { namespace: name } = cluster
  const [namespace, releases] = await Promise.all([readNamespace(cluster), readReleases(cluster)])
  mindOwner(name, namespace, releases)
  const own = releases.filter((release) => isPart(release))
  const kept = await readKept(cluster)
  const kind = namespace === null ? 'none' : isOurs(namespace) ? 'ours' : 'other'
  return { releases: own.map((release) => release.name), ...kept, namespace: kind }
}

/** The services first, then what they stand on. NATS is a release of its own in the profile `operators`. */
const order = [...releaseNames].reverse()
const isPart = ({ name, chart }: Release) => order.some((one) => one === name) || (name === 'nats' && chart === 'nats')

type Named = { items: { metadata?: { name?: string } }[] }

const postgres = { group: 'postgresql.cnpg.io', version: 'v1', plural: 'clusters' }

const readKept = async ({
  core,
  config,
  namespace,
}: Cluster): Promise<Pick<Remains, 'claims' | 'databases' | 'secrets'>> => {
  const query = { namespace, labelSelector: ours }
  const custom = config.makeApiClient(CustomObjectsApi)
  const [claims, secrets, clusters] = await Promise.all([
    ask('list persistentvolumeclaims', core.listNamespacedPersistentVolumeClaim(query)),
    ask('list secrets', core.listNamespacedSecret(query)),
    // Null where the operator is not installed.
    ask('list clusters of CloudNativePG', custom.listNamespacedCustomObject({ ...postgres, ...query })),
  ])
  const names = (list: Named | null) => (list?.items ?? []).map(({ metadata }) => metadata?.name ?? '')
  return { claims: names(claims), databases: names(clusters as Named | null), secrets: names(secrets) }
}

/** Uninstalls the releases; with `purge` the data, the Secrets and the namespace that dfctl made too. A rerun continues. */
export const undeploy = async (installer: Installer, remains: Remains, purge: boolean): Promise<Remains> => {
  const { cluster } = installer
  await withLease(cluster, say, async () => {
    for (const name of [...order, 'nats']) {
      if (remains.releases.includes(name)) await uninstall(installer, name)
    }
    if (purge) await removeKept(installer)
  })
  if (purge && remains.namespace === 'ours') await removeNamespace(installer)
  return readRemains(cluster)
}

const uninstall = async ({ helm, cluster, deadline, signal }: Installer, name: string): Promise<void> => {
  const step = progress(`removing ${name}`)
  try {
    // In the foreground, so that it ends when the pods have: else helm would not wait for them.
    const args = ['uninstall', name, '--cascade', 'foreground', '--wait', '--timeout', `${deadline.seconds()}s`]
    await helm(args, { signal })
    await removeJobs(cluster, name)
    step.done(`${name} removed`)
  } catch (error) {
    step.fail()
    if (!signal.aborted) throw error
    throw new Failure('failed', `Interrupted while removing ${name}`, {
      next: 'Run the same command again: it continues.',
      cause: error,
    })
  }
}

const removeKept = async ({ cluster, deadline, signal }: Installer): Promise<void> => {
  const { core, config, namespace } = cluster
  const query = { namespace, labelSelector: ours }
  const custom = config.makeApiClient(CustomObjectsApi)
  const { claims, databases, secrets } = await readKept(cluster)
  const step = progress('removing data')
  try {
    for (const name of databases) {
      const one = { ...postgres, namespace, name, propagationPolicy: 'Foreground' }
      await ask(`delete cluster ${name} of CloudNativePG`, custom.deleteNamespacedCustomObject(one))
    }
    await ask('delete persistentvolumeclaims', core.deleteCollectionNamespacedPersistentVolumeClaim(query))
    await ask('delete secrets', core.deleteCollectionNamespacedSecret(query))
    // A volume goes only after the last pod that uses it.
    while (Object.values(await readKept(cluster)).some(({ length }) => length > 0)) {
      deadline.seconds()
      await sleep(500, undefined, { signal })
    }
    step.done(`${count(claims.length, 'volume')} and ${count(secrets.length, 'Secret')} removed`)
  } catch (error) {
    step.fail()
    throw error
  }
}

/** "1 volume", "7 volumes". */
export const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`

const removeNamespace = async ({ cluster, deadline, signal }: Installer): Promise<void> => {
  const { core, namespace: name } = cluster
  const step = progress(`removing namespace ${name}`)
  try {
    await ask(`delete namespace ${name}`, core.deleteNamespace({ name }))
    while ((await ask(`get namespace ${name}`, core.readNamespace({ name }))) !== null) {
      deadline.seconds()
      await sleep(500, undefined, { signal })
    }
    step.done(`namespace ${name} removed`)
  } catch (error) {
    step.fail()
    throw error
  }
}
