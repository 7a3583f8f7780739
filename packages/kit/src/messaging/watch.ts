// Hears events live and without memory: for pushing to browsers, never for state. What is missed is not sent again.
import type { MessageContract } from '@deliveryflow/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Log } from '../telemetry/log.ts'
import { decode, type Message } from './envelope.ts'

/**
 * Passes on each event whose aggregate is `wanted`; the others are not even decoded. One subscription for each subject,
 * without a queue group: every process hears every event. A duplicate is passed on too.
 */
export type Watch<M extends MessageContract = MessageContract> = (
  wanted: (aggregate: string) => boolean,
  onEvent: (event: M extends MessageContract ? Message<M> : never) => void,
) => { stop(): void }

/** Makes the `watch` of a service. */
export const watcher =
  (connection: NatsConnection, contracts: readonly MessageContract[], log: Log): Watch =>
  (wanted, onEvent) => {
    const subscriptions = contracts.map((contract) =>
      connection.subscribe(contract.subject, {
        callback: (error, raw) => {
          if (error) return log.error({ err: error, subject: contract.subject }, 'watching ended')
          if (!wanted(raw.headers?.get('ce-subject') ?? '')) return
          try {
            onEvent(
              decode(contract, {
                subject: raw.subject,
                headers: raw.headers,
                data: raw.data,
                seq: 0,
                info: { deliveryCount: 1 },
              }),
            )
          } catch (cause) {
            log.warn({ err: cause, subject: contract.subject }, 'a watched event was left out')
          }
        },
      }),
    )
    return {
      stop: () => {
        for (const subscription of subscriptions) subscription.unsubscribe()
      },
    }
  }
