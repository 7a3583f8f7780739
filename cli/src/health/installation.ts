// What Kubernetes says of an installation: each thing read once for a run, when it is first asked for.
import type { Cluster } from '../cluster/client.ts'
import { readReleases } from './releases.ts'
import { readBacking, readFailedJobs, readInstances, readPods, readSecretKeys, readWorkloads } from './workloads.ts'

/** Makes the readings of one namespace; make new ones to look again. */
export const installationReadings = (cluster: Cluster) => {
  const known = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const begun = (known.get(key) as Promise<T> | undefined) ?? read()
    known.set(key, begun)
    return begun
  }
  const pods = () => once('pods', () => readPods(cluster))
  return {
    pods,
    releases: () => once('releases', () => readReleases(cluster)),
    secretKeys: () => once('secrets', () => readSecretKeys(cluster)),
    workloads: () => once('workloads', async () => readWorkloads(cluster, await pods())),
    failedJobs: () => once('jobs', async () => readFailedJobs(cluster, await pods())),
    instances: () => once('instances', () => readInstances(cluster)),
    backing: (service: string) => once(`backing ${service}`, async () => readBacking(cluster, service, await pods())),
  }
}
