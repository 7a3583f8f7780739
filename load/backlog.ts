// How far the consumers are behind the streams: what was said and is not handled yet, by anybody.
import { setTimeout as sleep } from 'node:timers/promises'
import { consumersOf, services } from '@deliveryflow/contracts'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

export type Backlog = {
  /** Messages that wait or are in hand, by service. Services without any are left out. */
  read(): Promise<Record<string, number>>
  /** Waits until there is none, for at most `seconds`; the time it took in milliseconds, Infinity when that was not enough. */
  drained(seconds: number): Promise<number>
}

/** The backlog of every durable consumer that the contracts name. */
export const openBacklog = async (connection: NatsConnection): Promise<Backlog> => {
  const manager = await jetstreamManager(connection, { timeout: 20_000 })
  const consumers = services.flatMap(consumersOf)
  const read = async () => {
    const infos = await Promise.all(consumers.map(({ stream, durable }) => manager.consumers.info(stream, durable)))
    const behind = new Map<string, number>()
    consumers.forEach(({ service }, index) => {
      const info = infos[index]
      const count = (info?.num_pending ?? 0) + (info?.num_ack_pending ?? 0)
      if (count > 0) behind.set(service, (behind.get(service) ?? 0) + count)
    })
    return Object.fromEntries(behind)
  }
  return {
    read,
    drained: async (seconds) => {
      const started = performance.now()
      for (;;) {
        if (Object.keys(await read()).length === 0) return performance.now() - started
        if (performance.now() - started > seconds * 1000) return Number.POSITIVE_INFINITY
        await sleep(250)
      }
    },
  }
}
