// Whether what the services stand on serves, whoever runs it: ready pods behind each of its Services.
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { type BackingPart, readBacking, readPods } from '../health/workloads.ts'
import type { Installer } from './installer.ts'

/** Services of the backing, with the pods that must be ready: two of three NATS servers are a quorum. */
const parts = { nats: 2, postgres: 1, mongodb: 1, redis: 1 } as const

/** Waits until every part serves. Operators make pods long after helm has ended, so helm cannot wait for them. */
export const waitForBacking = async (
  { cluster, signal, deadline }: Installer,
  step: (text: string) => void,
): Promise<void> => {
  for (;;) {
    const pods = await readPods(cluster)
    const read = await Promise.all(Object.keys(parts).map((service) => readBacking(cluster, service, pods)))
    const missing = read.filter(({ service, ready }) => ready < parts[service as keyof typeof parts])
    if (missing.length === 0) return
    step(`waiting for ${missing.map(({ service }) => service).join(', ')}`)
    signal.throwIfAborted()
    try {
      deadline.seconds()
    } catch (error) {
      throw error instanceof Failure ? new Failure('failed', error.message, { ...why(missing), cause: error }) : error
    }
    await sleep(1000, undefined, { signal })
  }
}

const why = (missing: readonly BackingPart[]) => ({
  why: missing
    .map(({ service, present, trouble }) => {
      const told = trouble.map(({ pod, reason }) => `${pod}: ${reason}`).join('; ')
      return `${service}: ${told || (present ? 'it has no pod yet: see the log of its operator' : 'there is no such Service')}`
    })
    .join('\n       '),
  next: 'Correct it and run the same command again, with a longer --timeout if need be: it continues.',
})
