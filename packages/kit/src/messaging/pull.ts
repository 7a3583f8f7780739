// The three ways to pull messages of a durable consumer; what is done with them is the consumer's.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumerContract } from '@deliveryflow/contracts'
import type { Consumer, JetStreamClient, JsMsg } from '@nats-io/jetstream'
import type { Log } from '../telemetry/log.ts'
import { rest } from './rest.ts'

/** A durable consumer to pull from; messages are noted in `unsettled` from their delivery on. */
export type Source = {
  js: JetStreamClient
  contract: ConsumerContract
  stopped: AbortSignal
  unsettled: Set<JsMsg>
  log: Log
}
/** Takes messages in hand and resolves when each is settled. */
export type Accept = (raws: JsMsg[]) => Promise<void>

/** Runs `pull` again and again until the consumer stops; a failure is logged and tried again a second later. */
const persistently = async ({ stopped, contract, log }: Source, pull: () => Promise<void>) => {
  while (!stopped.aborted) {
    try {
      await pull()
    } catch (error) {
      if (stopped.aborted) return
      log.warn(
        { err: error, stream: contract.stream, consumer: contract.durable },
        'the consumer cannot be reached; trying again',
      )
      await sleep(1000, undefined, { signal: stopped }).catch(() => undefined)
    }
  }
}

/** One batch after the other, each as large as what has arrived meanwhile, a rest included: light load is fast, heavy load is cheap. */
export const inOrder = (source: Source, batch: number, accept: Accept): Promise<void> =>
  persistently(source, async () => {
    const { js, contract, stopped, unsettled } = source
    const buffer: JsMsg[] = []
    let arrived = Promise.withResolvers<void>()
    const consumer = await js.consumers.get(contract.stream, contract.durable)
    const messages = await consumer.consume({
      max_messages: batch * 2,
      // After a new leader was elected nobody answers an old pull: a short one is asked again that much sooner.
      expires: 4000,
      callback: (raw) => {
        unsettled.add(raw)
        buffer.push(raw)
        arrived.resolve()
      },
    })
    let ended = false
    const end = () => {
      ended = true
      arrived.resolve()
    }
    void messages.closed().then(end, end)
    stopped.addEventListener('abort', end, { once: true })
    try {
      while (!ended) {
        if (buffer.length === 0) {
          arrived = Promise.withResolvers()
          await arrived.promise
        } else {
          await accept(buffer.splice(0, batch))
          await rest(stopped)
        }
      }
    } finally {
      stopped.removeEventListener('abort', end)
      await messages.close()
      for (const raw of buffer) {
        unsettled.delete(raw)
        raw.nak()
      }
    }
  })

/**
 * Pulls what comes within `linger_ms` after a message together with it: the server replicates and syncs one delivery instead
 * of one for each message. Nothing waits when `most` are there already.
 */
const gather = async (
  consumer: Consumer,
  { unsettled, log }: Source,
  most: number,
  linger_ms: number,
): Promise<JsMsg[]> => {
  const first = await consumer.next({ expires: 1000 })
  if (!first) return []
  const gathered = [first]
  unsettled.add(first)
  if (first.info.pending < most) await sleep(linger_ms)
  try {
    const { num_pending } = await consumer.info()
    const max_messages = Math.min(num_pending, most - 1)
    if (max_messages === 0) return gathered
    for await (const raw of await consumer.fetch({ max_messages, expires: 1000 })) {
      unsettled.add(raw)
      gathered.push(raw)
    }
  } catch (error) {
    // What has come is handled all the same: left unsettled it would be kept from everybody by our heartbeat.
    log.debug({ err: error, gathered: gathered.length }, 'the rest could not be gathered')
  }
  return gathered
}

/** In order too, a batch gathered at a time: for those that nobody waits for. */
export const gathered = (source: Source, batch: number, linger_ms: number, accept: Accept): Promise<void> =>
  persistently(source, async () => {
    const consumer = await source.js.consumers.get(source.contract.stream, source.contract.durable)
    while (!source.stopped.aborted) {
      const raws = await gather(consumer, source, batch, linger_ms)
      if (raws.length > 0) await accept(raws)
    }
  })

/** Many messages at once, each on its own; pulled only when those at hand run out, so fair among any number of workers. */
export const sideBySide = async (
  source: Source,
  concurrency: number,
  linger_ms: number,
  accept: Accept,
): Promise<void> => {
  const waiting: JsMsg[] = []
  const inHand = new Set<Promise<void>>()
  const begin = () => {
    while (inHand.size < concurrency && !source.stopped.aborted) {
      const raw = waiting.shift()
      if (!raw) return
      const work = accept([raw]).finally(() => {
        inHand.delete(work)
        begin()
      })
      inHand.add(work)
    }
  }
  await persistently(source, async () => {
    const consumer = await source.js.consumers.get(source.contract.stream, source.contract.durable)
    while (!source.stopped.aborted) {
      if (waiting.length >= concurrency) await Promise.race(inHand)
      else {
        waiting.push(...(await gather(consumer, source, concurrency * 4, linger_ms)))
        begin()
      }
    }
  })
  await Promise.all(inHand)
}
