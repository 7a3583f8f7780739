// Which part of the history is meant: the options that select it, and the records that they select.
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { type Command, Option } from 'commander'
import { eventType } from '../events/types.ts'
import { Failure } from '../failure.ts'
import { wholeNumber } from '../options.ts'
import { findOrder, userId } from '../order/find.ts'
import type { Target } from '../target.ts'
import { moment } from '../time.ts'
import { firstStored } from './places.ts'
import { type Chosen, countRecords, type IndexedRow, selectRecords } from './store.ts'

/** `since` and `until`: when the event happened. `from` and `to`: places in the history. All of it inclusive. */
export type Selection = {
  order_id?: string
  user_id?: string
  types?: string[]
  correlation_id?: string
  causation_id?: string
  aggregate?: string
  since?: Date
  until?: Date
  from?: number
  to?: number
}

export type SelectionOptions = {
  order?: string
  user?: string
  type: string[]
  correlation?: string
  causation?: string
  aggregate?: string
  since?: string
  until?: string
  fromSeq?: number
  toSeq?: number
}

/** Adds the options that say from where to where. */
export const addRange = (command: Command): Command =>
  command
    .option('--since <moment>', 'happened since: 10m, 2h, 3d ago or a time')
    .option('--until <moment>', 'happened until')
    .addOption(new Option('--from-seq <sequence>', 'from this place of the history on').argParser(wholeNumber))
    .addOption(new Option('--to-seq <sequence>', 'up to this place').argParser(wholeNumber))

/** Adds all options that select records. */
export const addSelection = (command: Command): Command =>
  addRange(
    command
      .option('--order <id>', "this order's: its id or enough of its beginning")
      .addOption(new Option('--user <id>', "this user's").argParser(userId))
      .option('--type <type>', 'of this type; may be given several times', (one, all: string[]) => [...all, one], [])
      .option('--correlation <id>', 'of the journey with this correlation id')
      .option('--causation <id>', 'what this event or command led to directly')
      .option('--aggregate <id>', 'about this order, product, user, …'),
  )

/** What the options say. Throws `usage` for what can select nothing, `not_found` for an order that is not there. */
export const readSelection = async (target: Target, options: Partial<SelectionOptions>): Promise<Selection> => ({
  ...readRange(options),
  ...(options.type?.length && { types: options.type.map(eventType) }),
  ...(options.user && { user_id: options.user }),
  ...(options.correlation && { correlation_id: options.correlation }),
  ...(options.causation && { causation_id: options.causation }),
  ...(options.aggregate && { aggregate: options.aggregate }),
  ...(options.order && { order_id: await findOrder(target, options.order) }),
})

/** From where to where, in moments or in places. */
export type Range = Pick<Selection, 'since' | 'until' | 'from' | 'to'>

/** The range that the options say. Throws `usage` for one that can hold nothing. */
export const readRange = ({ since, until, fromSeq, toSeq }: Partial<SelectionOptions>): Range => {
  const range: Range = {
    ...(since && { since: moment(since) }),
    ...(until && { until: moment(until) }),
    ...(fromSeq && { from: fromSeq }),
    ...(toSeq && { to: toSeq }),
  }
  const next = 'Nothing can lie between them.'
  if (range.since && range.until && range.since > range.until)
    throw new Failure('usage', `--since ${since} is later than --until ${until}`, { next })
  if (range.from && range.to && range.from > range.to)
    throw new Failure('usage', `--from-seq ${fromSeq} is behind --to-seq ${toSeq}`, { next })
  if (range.since && range.since.getTime() > Date.now())
    throw new Failure('usage', `--since ${since} has not come yet`, { next: 'See the time of this machine: date -u.' })
  return range
}

const page = 2000
/** How far a clock of one machine may be ahead of the stream's: an event happened before it was stored, or nearly so. */
const skew = 60_000

/** The first place that can be selected. */
const beginOf = async (db: Queryable, { from, since }: Selection): Promise<number> =>
  Math.max(from ?? 1, since ? await firstStored(db, new Date(since.getTime() - skew)) : 1)

const chosenBy = (chosen: Selection): Chosen => [
  chosen.order_id ?? null,
  chosen.user_id ?? null,
  chosen.types ?? null,
  chosen.correlation_id ?? null,
  chosen.aggregate ?? null,
  chosen.since ?? null,
  chosen.until ?? null,
  chosen.causation_id ?? null,
]

/** The selected records in the order of the history, at most `limit` of them. Memory does not grow with their number. */
export async function* selected(
  db: Queryable,
  selection: Selection,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<IndexedRow> {
  const { to = Number.MAX_SAFE_INTEGER } = selection
  let after = (await beginOf(db, selection)) - 1
  for (let left = limit; left > 0; ) {
    const rows = await selectRecords(db, after, to, ...chosenBy(selection), Math.min(page, left))
    yield* rows
    left -= rows.length
    after = rows.at(-1)?.sequence ?? after
    if (rows.length < page) return
  }
}

export type Counted = Awaited<ReturnType<typeof countRecords>>

/** How many records of each type are selected, the most frequent first. */
export const counted = async (db: Queryable, selection: Selection): Promise<Counted> =>
  countRecords(db, await beginOf(db, selection), selection.to ?? Number.MAX_SAFE_INTEGER, ...chosenBy(selection))
