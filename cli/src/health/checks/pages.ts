// The check of the pages: their pods serve (on a cluster), and the gateway shows them.
import { pages } from '../../deployments.ts'
import { reasonOf } from '../../failure.ts'
import { type Check, type Finding, failure, ok } from '../check.ts'
import { commandFor, type Readings } from '../readings.ts'
import type { Workload } from '../workloads.ts'
import { judgeWorkload } from './services.ts'

/** `workloads`: the Deployments by name, or null for a local run. */
export const pagesChecks = (readings: Readings, workloads: (() => Promise<Map<string, Workload>>) | null): Check[] => [
  {
    id: `services.${pages}`,
    group: 'services',
    title: pages,
    needs: ['services.api-gateway'],
    run: async () => {
      const workload = (await workloads?.())?.get(pages)
      const pods = workload ? judgeWorkload(pages, workload, readings) : ok()
      if (pods.state !== 'ok') return pods
      const absent = workloads !== null && workload === undefined
      const next = commandFor(readings, absent ? 'deploy' : `logs api-gateway ${pages}`)
      const shown = await askGateway(readings, next)
      if (shown === 'unknown')
        return workload
          ? failure('the gateway does not know of them: GET / answers 404', commandFor(readings, 'deploy'))
          : ok('there are none: the gateway is the API alone')
      return shown ?? ok([pods.reason, 'shown by the gateway'].filter(Boolean).join(', '))
    },
  },
]

/** Pods that are ready are of no use while the gateway is not told of them, or is not let through to them. Null: it shows them. */
const askGateway = async (readings: Readings, next: string): Promise<Finding | 'unknown' | null> => {
  const url = await readings.target.http()
  try {
    const answer = await fetch(url, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(8000) })
    await answer.body?.cancel()
    if (answer.status === 404) return 'unknown'
    return answer.ok ? null : failure(`the gateway cannot show them: GET / answers ${answer.status}`, next)
  } catch (error) {
    return failure(`GET / of the gateway got no answer: ${reasonOf(error)}`, next)
  }
}
