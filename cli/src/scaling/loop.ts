// The loop of dfctl autoscale: looks, decides, sets, says what it did; until it is stopped. A look that fails changes nothing.
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiException } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure, reasonOf } from '../failure.ts'
import { decide, type Memory, nothingSeen, type Policy } from './decide.ts'
import type { Lags } from './lag.ts'
import { setReplicas } from './pin.ts'

/** One decision, as it is told. `error`: why it could not be looked or set. */
export type Told = {
  time: string
  service: string
  lag: number | null
  replicas: number | null
  decision: number | null
  because: string
  done: boolean
  error: string | null
}

export type LoopOptions = {
  readonly cluster: Cluster
  readonly policies: ReadonlyMap<string, Policy>
  readonly lags: () => Promise<Lags>
  readonly interval_ms: number
  readonly dry_run: boolean
  readonly stop: AbortSignal
  readonly tell: (told: Told) => void
  /** Called after each round; false when something of it could not be read or done. */
  readonly turned?: (well: boolean) => void
}

/** Runs until `stop`. Throws only when it has no right to do what it is for. */
export const autoscale = async ({
  cluster,
  policies,
  lags,
  interval_ms,
  dry_run,
  stop,
  tell,
  turned = () => undefined,
}: LoopOptions): Promise<void> => {
  const memories = new Map<string, Memory>()
  while (!stop.aborted) {
    const seen = await lags().catch(() => new Map<string, null>())
    let well = true
    for (const [service, policy] of policies) {
      const at = Date.now()
      const lag = seen.get(service) ?? null
      well &&= lag !== null
      const about = { time: new Date(at).toISOString(), service, lag }
      try {
        const replicas = await replicasOf(cluster, service)
        const decision = decide(policy, { at, replicas, lag }, memories.get(service) ?? nothingSeen)
        const change = decision.replicas !== replicas
        if (change && !dry_run) await setReplicas(cluster, service, decision.replicas)
        // In a dry run nothing has changed, so nothing must rest from a change either.
        memories.set(service, dry_run ? { ...decision.memory, changed_at: null } : decision.memory)
        tell({
          ...about,
          replicas,
          decision: decision.replicas,
          because: decision.because,
          done: change && !dry_run,
          error: null,
        })
      } catch (error) {
        if (isForbidden(error)) throw error
        well = false
        // It may heal, and what does not is seen again and again; ending would leave the service as it happens to be.
        const why = error instanceof Failure && error.why ? `${error.message}: ${error.why}` : reasonOf(error)
        tell({ ...about, replicas: null, decision: null, because: 'it could not be done', done: false, error: why })
      }
    }
    turned(well)
    await sleep(interval_ms, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** A right that is missing does not come by waiting, and whoever started it must see that. */
const isForbidden = (error: unknown): boolean =>
  error instanceof Failure && error.cause instanceof ApiException && [401, 403].includes(error.cause.code)

/** By the scale alone, so that the right to read it is all the right it takes. */
const replicasOf = async ({ apps, namespace }: Cluster, service: string): Promise<number> => {
  const scale = await ask(
    `get the scale of deployment ${service}`,
    apps.readNamespacedDeploymentScale({ name: service, namespace }),
  )
  if (!scale) throw new Failure('not_found', `There is no Deployment ${service} in namespace ${namespace}`)
  return scale.spec?.replicas ?? 0
}
