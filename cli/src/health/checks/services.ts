// One check for each service: its pods serve (on a cluster), it is connected to NATS, and it answers its calls.
import { services } from '@deliveryflow/contracts'
import { type Check, type Finding, failure, ok, warning } from '../check.ts'
import { commandFor, helpFor, type Instances, type Readings } from '../readings.ts'
import type { Workload } from '../workloads.ts'

/** `workloads`: the Deployments by name, or null for a local run. */
export const serviceChecks = (readings: Readings, workloads: (() => Promise<Map<string, Workload>>) | null): Check[] =>
  services.map(
    ({ name }): Check => ({
      id: `services.${name}`,
      group: 'services',
      title: name,
      needs: ['installation.namespace'],
      run: async () => {
        const found = workloads && ((await workloads()).get(name) ?? null)
        const pods = workloads === null ? null : judgeWorkload(name, found, readings)
        if (pods !== null && pods.state !== 'ok') return pods
        return judgeInstances(name, pods?.reason, readings)
      },
    }),
  )

/** Whether enough pods of a Deployment serve. `workload`: null where there is none. */
export const judgeWorkload = (name: string, workload: Workload | null, readings: Readings): Finding => {
  if (!workload) return failure('it has no Deployment', commandFor(readings, 'deploy'))
  const { wanted, ready, restarts, trouble } = workload
  const lasting = trouble.find((one) => one.lasting)
  const [first] = trouble
  const next = first ? helpFor(readings, lasting ?? first, `logs ${name}`) : commandFor(readings, `logs ${name}`)
  const counted = `${ready} of ${wanted} ready`
  if (lasting) return failure(`${counted}; pod ${lasting.pod}: ${lasting.reason}`, next)
  if (wanted === 0) return warning('it is scaled to zero', commandFor(readings, `scale ${name}=1`))
  const why = first ? `; pod ${first.pod}: ${first.reason}` : ''
  if (ready === 0) return failure(`${counted}${why}`, next)
  if (ready < wanted) return warning(`${counted}${why}`, next)
  return ok(restarts > 0 ? `${counted}, ${restarts} restarts` : counted)
}

/** Where NATS cannot be read, its own checks say so, and the pods are all that is judged. */
const judgeInstances = async (name: string, before: string | undefined, readings: Readings): Promise<Finding> => {
  let instances: Instances | undefined
  let blind: boolean
  try {
    instances = (await readings.instances()).get(name)
    blind = (await readings.servers()).some(({ up }) => !up)
  } catch {
    return ok(before)
  }
  const { connected = 0, answering = null } = instances ?? {}
  const logs = commandFor(readings, `logs ${name}`)
  if (answering === 0) return failure('no instance answers its calls', logs)
  if (connected === 0 && answering === null && !blind) return failure('no instance is connected to NATS', logs)
  const seen = answering === null ? `${connected} connected` : `${answering} answering`
  return ok([before, seen].filter(Boolean).join(', '))
}
