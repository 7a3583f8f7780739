// From a batch of messages to a service's handlers: inbox and transaction around those that change state.
import type { ConsumerContract } from '@deliveryflow/contracts'
import { Terminal } from '../errors.ts'
import type { StoredRecord } from '../history/record.ts'
import type { Message } from '../messaging/envelope.ts'
import { unseen } from '../messaging/inbox.ts'
import { layersOf } from '../messaging/layers.ts'
import type { Transact, Transaction } from '../postgres/transaction.ts'
import { alsoInShadow, heldShadow, type Project, recordsAlsoInShadow } from '../projection/shadow.ts'
import { batchDuration } from '../telemetry/metrics.ts'
import { continued, traced } from '../telemetry/tracing.ts'
import type { Service, UntypedHear } from './define.ts'

type Hears = Record<string, UntypedHear>

/**
 * Handles a batch in one transaction: what was handled before is skipped, the rest goes to its handlers set by set. `folds`: how the same
 * messages enter a read model that is built anew beside.
 */
export const batchHandler = (
  contract: ConsumerContract,
  hears: Hears,
  context: object,
  transaction: Transact | undefined,
  folds?: Hears,
) => {
  if (!transaction) throw new Error(`${contract.service} hears batches, which takes a PostgreSQL database.`)
  const consumer = `${contract.stream}/${contract.durable}`
  const project = projectorOf(hears, context)
  const fold = folds && projectorOf(folds, context)
  return async (messages: Message[]): Promise<void> => {
    const traces = continued(
      `process ${contract.stream}`,
      messages.map(({ traceparent }) => traceparent),
    )
    const received = messages.map((message, index) => ({ ...message, traceparent: traces.traceparents[index] }))
    try {
      await inOneTransaction(contract, messages.length, transaction, async (tx) => {
        // First of all, for that is the order in which a swap takes its locks.
        const shadow = fold && (await heldShadow(tx))
        await project(await unseen(tx, consumer, received), tx)
        if (shadow) await alsoInShadow(tx, shadow, received, fold)
      })
    } finally {
      traces.end()
    }
  }
}

/** Hands messages to their handlers, set by set. */
export const projectorOf =
  (hears: Hears, context: object): Project =>
  async (messages, tx) => {
    for (const group of layersOf(messages, kindIn(hears))) await handlerOf(hears, group[0]).batch?.(group, tx, context)
  }

/** Hands a batch over as it lies in its stream, in one transaction. `projection`: also to the tables that are built anew beside. */
export const recordsHandler = (
  contract: ConsumerContract,
  records: NonNullable<Service['parts']['records']>,
  context: object,
  transaction: Transact | undefined,
  { projection = false } = {},
) => {
  if (!transaction) throw new Error(`${contract.service} keeps records, which takes a PostgreSQL database.`)
  return (batch: StoredRecord[]): Promise<void> =>
    inOneTransaction(contract, batch.length, transaction, async (tx) => {
      const shadow = projection && (await heldShadow(tx))
      await records(batch, tx, context)
      if (shadow) await recordsAlsoInShadow(tx, shadow, batch, (some, within) => records(some, within, context))
    })
}

/** Runs the work on a batch of so many messages in a transaction, seen by traces and metrics. */
const inOneTransaction = async (
  { service, stream }: ConsumerContract,
  count: number,
  transaction: Transact,
  work: (tx: Transaction) => Promise<void>,
): Promise<void> => {
  const started = performance.now()
  try {
    await traced(`batch ${stream}`, { 'messaging.batch.message_count': count }, () => transaction(work))
  } finally {
    batchDuration.record((performance.now() - started) / 1000, { service, stream })
  }
}

/** Handles each message on its own, in the trace it came from. */
export const eachHandler =
  (hears: Hears, context: object) =>
  async (messages: Message[]): Promise<void> => {
    for (const message of messages) {
      const { each } = handlerOf(hears, message)
      await traced(`process ${message.type}`, {}, async () => each?.(message, context), { parent: message.traceparent })
    }
  }

/** Types that share a `mixed` handler are of one kind; any other type is its own. */
const kindIn = (hears: Hears) => (message: Message) => {
  const handler = handlerOf(hears, message)
  return handler.mixed ? handler : message.type
}

const handlerOf = (hears: Hears, message: Message | undefined): UntypedHear => {
  const handler = message && hears[message.type]
  if (!handler) throw new Terminal(`Nothing handles ${message?.type}.`)
  if (message.replayed && handler.effects === 'external') {
    throw new Terminal(`${message.type} is replayed, and what it leads to reaches the world outside.`)
  }
  return handler
}
