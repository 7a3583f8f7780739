// The output of the Jobs that a chart runs before its pods, line by line while they run.
import type { V1Pod } from '@kubernetes/client-node'
import type { Cluster } from '../cluster/client.ts'
import { containerLog } from '../cluster/log.ts'
import { reasonOf } from '../failure.ts'
import { trace } from '../terminal.ts'
import { jobLabel } from './rollout.ts'

/** Hears of each pod of a Job as often as it is looked at, and tells its lines once. */
export type JobOutput = { look(pods: readonly V1Pod[]): void; close(): void }

/** Follows the logs of Jobs' pods: a Job that succeeded may be gone before one could ask for its log. */
export const followJobs = (cluster: Cluster, tell: (job: string, line: string) => void): JobOutput => {
  const stop = new AbortController()
  const followed = new Set<string>()
  const follow = async (name: string, job: string, container: string) => {
    followed.add(name)
    try {
      const lines = containerLog(cluster, name, container, { follow: true, stop: stop.signal })
      for await (const { text } of lines) tell(job, text)
    } catch (error) {
      trace(`no log of ${name} yet: ${reasonOf(error)}`)
      followed.delete(name)
    }
  }
  return {
    look: (pods) => {
      for (const { metadata, spec, status } of pods) {
        const name = metadata?.name ?? ''
        const begun = status?.containerStatuses?.some(({ state }) => state?.running || state?.terminated)
        const container = spec?.containers[0]?.name ?? ''
        if (begun && !followed.has(name)) void follow(name, metadata?.labels?.[jobLabel] ?? name, container)
      }
    },
    close: () => stop.abort(),
  }
}
