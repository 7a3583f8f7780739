// The revisions of a release: which there are, and getting out of one that an interrupted helm left half done.
import { BatchV1Api } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import type { Release } from '../health/releases.ts'
import { say } from '../terminal.ts'
import type { Helm } from './helm.ts'
import type { Installer } from './installer.ts'

/** Ends what an interrupted helm left half done, and says so; otherwise helm would refuse any further change. */
export const repairRelease = async (
  { helm, cluster, deadline, signal }: Installer,
  release: Release | undefined,
): Promise<void> => {
  if (release === undefined || !/^pending-|^uninstalling$/.test(release.status)) return
  const { name, status, revision } = release
  const good = status === 'uninstalling' ? undefined : await lastGood(helm, name)
  say(`  ${name}: revision ${revision} is ${status}, its helm was ended half-way:`)
  if (good === undefined) {
    say('    nothing before it to go back to: removed and installed anew; passwords and data stay')
    await helm(['uninstall', name, '--no-hooks', '--wait', '--timeout', `${deadline.seconds()}s`], { signal })
    await removeJobs(cluster, name)
  } else {
    say(`    back to revision ${good} first, then on to what is asked for`)
    await helm(['rollback', name, String(good), '--no-hooks', '--timeout', `${deadline.seconds()}s`], { signal })
  }
}

/** One revision of a release as helm history lists it. */
export type Revision = {
  revision: number
  updated: string
  status: string
  chart: string
  app_version: string
  description: string
}

/** The revisions of a release that Helm keeps, the oldest first. */
export const readHistory = async (helm: Helm, name: string): Promise<Revision[]> =>
  JSON.parse(await helm(['history', name, '--output', 'json', '--max', '100']))

const lastGood = async (helm: Helm, name: string): Promise<number | undefined> =>
  (await readHistory(helm, name)).findLast(({ status }) => status === 'deployed' || status === 'superseded')?.revision

/** Removes the Jobs of a release: Helm leaves those of hooks behind. */
export const removeJobs = async ({ config, namespace }: Cluster, release: string): Promise<void> => {
  const query = { namespace, labelSelector: `app.kubernetes.io/instance=${release}`, propagationPolicy: 'Background' }
  await ask('delete jobs', config.makeApiClient(BatchV1Api).deleteCollectionNamespacedJob(query))
}
