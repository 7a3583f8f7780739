// One dfctl at a time changes an installation: a Lease that is renewed while it works, and runs out when it was killed.
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { CoordinationV1Api, type V1Lease, V1MicroTime } from '@kubernetes/client-node'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure, reasonOf } from '../failure.ts'
import { trace } from '../terminal.ts'
import { madeByDfctl } from './namespace.ts'

const name = 'dfctl'
/** A Lease that was not renewed for so long belongs to nobody, if one has watched it. */
const seconds = 15
/** The same by the clock of another machine, which may be wrong. */
const longAgo = 60_000

/**
 * Holds the installation while `work` runs. Throws `refused` when another dfctl works on it. What a killed one left runs out by
 * itself and is waited for; `told` hears of it.
 */
export const withLease = async <T>(
  cluster: Cluster,
  told: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> => {
  const { config, namespace } = cluster
  const api = config.makeApiClient(CoordinationV1Api)
  const holder = `${userInfo().username}@${hostname()} (process ${process.pid})`
  const read = () => ask(`get lease ${name}`, api.readNamespacedLease({ name, namespace }))
  const spec = () => ({ holderIdentity: holder, leaseDurationSeconds: seconds, renewTime: new V1MicroTime() })

  /** Writes it over what was read: somebody who was faster makes Kubernetes refuse with 409. */
  const take = async (found: V1Lease | null): Promise<V1Lease | null> => {
    const metadata = { name, namespace, labels: madeByDfctl }
    if (!found) return ask('create leases', api.createNamespacedLease({ namespace, body: { metadata, spec: spec() } }))
    const body = { ...found, spec: spec() }
    return ask(`update lease ${name}`, api.replaceNamespacedLease({ name, namespace, body }))
  }

  const found = await read()
  await take(await freed(read, found, told))
  let renewed: Promise<unknown> = Promise.resolve()
  const renew = async () => take(await read())
  const renewal = setInterval(
    () => {
      renewed = renew().catch((error) => trace(`the lease could not be renewed: ${reasonOf(error)}`))
    },
    (seconds * 1000) / 3,
  )
  try {
    return await work()
  } finally {
    clearInterval(renewal)
    await renewed
    await ask(`delete lease ${name}`, api.deleteNamespacedLease({ name, namespace })).catch(() => undefined)
  }
}

/** Waits until nobody holds the Lease; what was read last. */
const freed = async (
  read: () => Promise<V1Lease | null>,
  found: V1Lease | null,
  told: (line: string) => void,
): Promise<V1Lease | null> => {
  const first = renewedAt(found)
  if (!found || first === undefined || Date.now() - first > longAgo) return found
  const holder = found.spec?.holderIdentity ?? 'somebody'
  told(`${holder} works on this namespace, or was killed less than ${seconds} s ago: waiting to see which`)
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; ) {
    await sleep(1000)
    const now = await read()
    if (!now) return null
    if (renewedAt(now) !== first) {
      throw new Failure('refused', `Another dfctl works on this namespace`, {
        why: `${now.spec?.holderIdentity} holds its lease`,
        next: 'Run it again when that one has ended.',
      })
    }
    found = now
  }
  return found
}

/** The client says this is a Date and gives the text that Kubernetes sent. */
const renewedAt = (lease: V1Lease | null): number | undefined => {
  const time: unknown = lease?.spec?.renewTime
  return time === undefined || time === null ? undefined : new Date(time as string | Date).getTime()
}
