// Reads what a stream holds at this moment through a consumer of this moment alone; nothing is settled, nobody else misses it.
import { setTimeout as sleep } from 'node:timers/promises'
import { type JetStreamClient, JetStreamError, type JsMsg, type OrderedConsumerOptions } from '@nats-io/jetstream'

const attempts = 5
const pause_ms = 100

/**
 * The messages that lie in a stream now, in order and as far as `which` lets them pass, at most `most`. Ends after 5 s without the next one,
 * for what waited may have been taken out meanwhile. Throws the client's error when JetStream does not answer.
 */
export async function* browse(
  js: JetStreamClient,
  stream: string,
  which: Partial<OrderedConsumerOptions> = {},
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<JsMsg> {
  for (let attempt = 1; ; attempt++) {
    const consumer = await js.consumers.get(stream, { inactive_threshold: 10_000, ...which })
    const { num_pending } = await consumer.info()
    const max_messages = Math.min(num_pending, most)
    if (max_messages === 0) return
    let read = 0
    try {
      for await (const message of await consumer.fetch({ max_messages, expires: 5000 })) {
        yield message
        if (++read === max_messages) return
      }
      return
    } catch (error) {
      // What was just made on one server of a busy cluster is not known on the others yet: a later one is.
      if (!isNoResponder(error) || read > 0 || attempt === attempts) throw error
      await sleep(pause_ms)
    }
  }
}

const isNoResponder = (error: unknown): boolean =>
  error instanceof JetStreamError && 'code' in error && error.code === 503
