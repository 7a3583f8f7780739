// Makes whole what NATS lost: streams, messages in them, and messages that a service never handled; then finds the orders whose services
// disagree all the same. What the databases hold is the truth.
import { setTimeout as sleep } from 'node:timers/promises'
import { closeGaps, consumersOf, databases, services, streams } from '@deliveryflow/contracts'
import { jetstreamManager } from '@nats-io/jetstream'
import { type Ask, connectionOf, granted } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { during } from '../terminal.ts'
import { type Looked, lookSince } from '../verify/look.ts'
import { countPendingReviews } from './reviews.ts'
import { type HandedOver, handOver, notInHistory, publishAgain, saidBetween, unhandled } from './said.ts'
import { countPending } from './store.ts'
import { mendStreams, streamsState } from './streams.ts'

export type Reconciled = {
  since: string
  /** Streams and consumers that were made, or would be. */
  made: string[]
  /** Places of the history that nothing will ever come to. */
  lost_places: number
  said: number
  /** By subject: not in the history. */
  published: Record<string, number>
  /** By service: said and never handled. */
  handed_over: Record<string, number>
  /** What a service could not handle. */
  failed: HandedOver[]
  /** The orders that were looked at, and what does not fit about them. */
  orders: Looked
}

export type ReconcileOptions = {
  since: Date
  /** Why: the history keeps it where places were lost. */
  reason: string
  /** Only finds what there is to do. */
  dry_run: boolean
  /** Milliseconds until what is under way must have settled. */
  timeout: number
}

/** Milliseconds within which a message reaches everybody who hears it, when all is well. */
const underWay = 30_000

/** Finds, and unless it is a dry run mends, what is missing. It can be run at any time and as often as one likes. */
export const reconcile = async (
  target: Target,
  ask: Ask,
  { since, dry_run, timeout, reason }: ReconcileOptions,
): Promise<Reconciled> => {
  const deadline = Date.now() + timeout
  const result: Reconciled = {
    since: since.toISOString(),
    made: [],
    lost_places: 0,
    said: 0,
    published: {},
    handed_over: {},
    failed: [],
    orders: { looked_at: 0, since: since.toISOString(), wrong: [] },
  }
  await stepOf('Streams and consumers', async () => {
    const state = await streamsState(
      target,
      streams.map(({ name }) => name),
    )
    if (dry_run) result.made = [...state.missing, ...(state.began_anew ? ['EVENTS (it began anew)'] : [])]
    else {
      const provisioned = await mendStreams(target, state)
      result.made = provisioned.filter(({ change }) => change !== 'unchanged').map(({ name }) => name)
    }
    return result.made.length === 0 ? 'all there' : result.made.join(', ')
  })
  // Before anything is published again: what audit still has in hand for such a place it enters no more, and it is missing then.
  if (!dry_run || result.made.length === 0)
    await stepOf('Places that were lost', async () => {
      const { closed } = granted(closeGaps, await ask(closeGaps, { reason, dry_run }))
      result.lost_places = closed
      return String(closed)
    })
  // What is said from here on is none of this run's business: orders may flow. A dry run waits for nobody, so it leaves out what may
  // be under way.
  const until = new Date(Date.now() - (dry_run ? underWay : 0))
  if (!dry_run) await stepOf('What is under way', () => settled(target, until, deadline))
  await stepOf('What was said and is not in the history', async (update) => {
    for await (const { database, rows } of saidBetween(target, since, until)) {
      result.said += rows.length
      const lost = await notInHistory(target, rows)
      for (const { subject } of lost) result.published[subject] = (result.published[subject] ?? 0) + 1
      if (!dry_run) await publishAgain(target, lost)
      update(`${result.said} messages of ${database} and before`)
    }
    return `${sum(result.published)} of ${result.said}`
  })
  if (!dry_run) await stepOf('What was published again', () => settled(target, until, deadline))
  await stepOf('What was said and not handled', async () => {
    for await (const { rows } of saidBetween(target, since, until)) {
      const missing = await unhandled(target, rows)
      for (const { service } of missing) result.handed_over[service] = (result.handed_over[service] ?? 0) + 1
      if (!dry_run && missing.length > 0)
        result.failed.push(...(await handOver(target, ask, missing)).filter(({ error }) => error !== null))
    }
    return String(sum(result.handed_over))
  })
  if (!dry_run) await stepOf('What was handed over', () => settled(target, new Date(), deadline))
  await during('Orders whose services disagree', async ({ update, conclude, fail }) => {
    result.orders = await lookSince(target, since, (orders) => update(`${orders} looked at`))
    const { wrong, looked_at } = result.orders
    conclude(`Orders whose services disagree: ${new Set(wrong.map(({ order_id }) => order_id)).size} of ${looked_at}`)
    if (wrong.length > 0) fail()
  })
  return result
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)

const stepOf = (title: string, work: (update: (text: string) => void) => Promise<string>): Promise<void> =>
  during(title, async ({ update, conclude }) => conclude(`${title}: ${await work(update)}`))

/**
 * Waits until what was said before a moment is published, and every consumer has come as far as its stream reached then. Throws `unhealthy`
 * when that does not come about in time.
 */
const settled = async (target: Target, until: Date, deadline: number): Promise<string> => {
  const manager = await jetstreamManager(await connectionOf(target), { checkAPI: false })
  await patiently(deadline, 'messages are still to be published', async () => {
    const pending = databases.map((name) => withDatabase(target, name, (db) => countPending(db, until)))
    const [reviews, ...rows] = await Promise.all([countPendingReviews(target, until), ...pending])
    return rows.flat().reduce((total, row) => total + row.pending, reviews)
  })
  const reached = new Map(
    await Promise.all(
      streams.map(async ({ name }) => [name as string, (await manager.streams.info(name)).state.last_seq] as const),
    ),
  )
  await patiently(deadline, 'consumers have not come as far as their streams', async () => {
    const behind = services.flatMap(consumersOf).map(async ({ stream, durable }) => {
      const { ack_floor, num_pending, num_ack_pending } = await manager.consumers.info(stream, durable)
      return num_pending + num_ack_pending === 0 || ack_floor.stream_seq >= (reached.get(stream) ?? 0) ? 0 : 1
    })
    return (await Promise.all(behind)).reduce<number>((total, one) => total + one, 0)
  })
  return 'settled'
}

/** Looks again until nothing is left. */
const patiently = async (deadline: number, what: string, left: () => Promise<number>): Promise<void> => {
  for (;;) {
    const count = await left()
    if (count === 0) return
    if (Date.now() > deadline)
      throw new Failure('unhealthy', `${count} ${what}`, {
        why: 'what is under way cannot be told from what is lost',
        next: 'See dfctl check for what holds them up; then run it again.',
      })
    await sleep(500)
  }
}
