// Waits until a service has as many instances as it is to have: ready for Kubernetes, and members of its queues on NATS.
import { setTimeout as sleep } from 'node:timers/promises'
import { answersOf, type ServiceTopology, services } from '@deliveryflow/contracts'
import { readInstances } from '@deliveryflow/kit/rpc/instances'
import type { Cluster } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import { readServers } from '../health/nats.ts'
import { type PodTrouble, troubleOf } from '../health/pods.ts'
import type { Target } from '../target.ts'
import { progress } from '../terminal.ts'
import { readScales } from './scaler.ts'

const pause = 1000

/**
 * Resolves when exactly `replicas` instances are ready and each, of what is a service, has its connection to NATS, where it takes
 * from its queues, and answers if it answers calls. Throws `unhealthy` after `timeout_ms`, with what is missing and why.
 */
export const waitForMembers = async (
  cluster: Cluster,
  target: Target,
  service: string,
  replicas: number,
  timeout_ms: number,
): Promise<void> => {
  const step = progress(`${service}: ${replicas} ${replicas === 1 ? 'instance' : 'instances'}`)
  const deadline = Date.now() + timeout_ms
  for (;;) {
    const missing = await missingOf(cluster, target, service, replicas).catch((error: unknown) => {
      step.fail()
      throw error
    })
    if (missing === null) return step.done()
    step.update(missing)
    if (Date.now() + pause > deadline) {
      step.fail()
      const trouble = await firstTrouble(cluster, service)
      throw new Failure(
        'unhealthy',
        `${service} has not ${replicas} instances within ${Math.round(timeout_ms / 1000)} s`,
        {
          why: trouble ? `${missing}; ${trouble.pod}: ${trouble.reason}` : missing,
          next: `See dfctl check and dfctl logs ${service}; wait longer with --timeout.`,
        },
      )
    }
    await sleep(pause)
  }
}

/** What is still to come, or null when all is as it should be. */
const missingOf = async (
  cluster: Cluster,
  target: Target,
  service: string,
  replicas: number,
): Promise<string | null> => {
  const [scale] = await readScales(cluster, [service])
  if (!scale || scale.wanted !== replicas) return `to be ${scale?.wanted ?? 0} for now`
  if (scale.current !== replicas || scale.ready !== replicas) return `${scale.ready} ready of ${scale.current}`
  const place = services.find(({ name }) => name === service)
  if (place === undefined) return null
  const members = await membersOf(target, place)
  if (members.connected !== replicas) return `${members.connected} connected to NATS`
  if (members.answering !== null && members.answering !== replicas) return `${members.answering} answer on NATS`
  return null
}

/** The instances that NATS knows: connections of the service's user, and those that answer on the services API (null: it answers no calls). */
const membersOf = async (
  target: Target,
  service: ServiceTopology,
): Promise<{ connected: number; answering: number | null }> => {
  const answers = answersOf(service).length
  const [servers, answering] = await Promise.all([
    target.natsMonitors().then(readServers),
    answers === 0 ? [] : target.nats().then(readInstances),
  ])
  return {
    connected: servers.reduce((sum, { users }) => sum + (users[service.name] ?? 0), 0),
    answering: answers === 0 ? null : answering.filter((instance) => instance.service === service.name).length,
  }
}

const firstTrouble = async (cluster: Cluster, service: string): Promise<PodTrouble | undefined> => {
  const labelSelector = `app.kubernetes.io/name=${service}`
  const pods = await cluster.core.listNamespacedPod({ namespace: cluster.namespace, labelSelector }).catch(() => null)
  const troubles = await Promise.all((pods?.items ?? []).map((pod) => troubleOf(cluster, pod)))
  return troubles.find((trouble) => trouble !== null)
}
