// What is known of the selected records, told as it is read: a line each, or the causes of one order as a tree.
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { eventText, headLine } from '../events/line.ts'
import type { Tailed } from '../events/tail.ts'
import { Failure } from '../failure.ts'
import type { Format } from '../options.ts'
import { commandsOf } from '../order/records.ts'
import type { Target } from '../target.ts'
import { say } from '../terminal.ts'
import { objectOf } from '../values.ts'
import { graphText } from './graph.ts'
import { type Selection, selected } from './selection.ts'
import type { IndexedRow } from './store.ts'

/** How many lines people get who do not say how many they want. */
export const shown = 1000

/** Writes the selected records in the asked form, and resolves to how many there were. */
export const writeHistory = async (
  db: Queryable,
  selection: Selection,
  { output, limit }: { output: Format; limit?: number | undefined },
  write: (text: string) => void,
): Promise<number> => {
  const forPeople = output === 'table' || output === 'wide'
  const most = limit ?? (forPeople ? shown : Number.POSITIVE_INFINITY)
  let count = 0
  let last = 0
  for await (const row of selected(db, selection, most + 1)) {
    if (count === most) {
      if (limit === undefined) say(`More follow: --from-seq ${last + 1}, or say how many with --limit.`)
      break
    }
    if (count === 0 && forPeople) write(headLine())
    // An array is written as it grows: nobody can hold all of the history.
    if (output === 'json') write(`${count === 0 ? '[' : ','}\n  ${JSON.stringify(eventOf(row))}`)
    else write(`${eventText(eventOf(row), output)}\n`)
    count++
    last = row.sequence
  }
  if (output === 'json') write(count === 0 ? '[]\n' : '\n]\n')
  return count
}

export const eventOf = ({ id, time, data, body: _body, headers: _headers, ...row }: IndexedRow): Tailed => ({
  ...row,
  id: id ?? '',
  time: time.toISOString(),
  data: data === null ? { unreadable: true } : objectOf(JSON.parse(data)),
})

/** The causation tree of one order: its events, and the commands between them. Throws `not_found` where there is nothing. */
export const graphOf = async (target: Target, db: Queryable, order_id: string): Promise<string> => {
  const events: IndexedRow[] = []
  for await (const row of selected(db, { order_id })) events.push(row)
  const [first] = events
  if (!first) throw nothingOf(`order ${order_id}`)
  const commands = await commandsOf(target, order_id, first.time)
  return graphText([
    ...events.map(({ id, causation_id, type, source, time, sequence }) => ({
      ...{ id, causation_id, sequence },
      ...{ name: type, service: source, at: time },
    })),
    ...commands.map(({ id, causation_id, type, at }) => ({
      ...{ id, causation_id, sequence: null },
      ...{ name: type, service: 'saga', at: new Date(at) },
    })),
  ])
}

/** What is said when nothing in the history is of somebody or something that was named. */
export const nothingOf = (what: string): Failure =>
  new Failure('not_found', `The history holds nothing of ${what}`, {
    next: 'See dfctl order list and dfctl audit history.',
  })
