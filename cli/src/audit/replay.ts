// A replay of selected records to somewhere else than a read model: planned, said in the history, sent in its rhythm.
import { randomUUID } from 'node:crypto'
import { noteAction } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { type Ask, granted } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { during, say } from '../terminal.ts'
import { writeWhole } from './file.ts'
import { eventOf, nothingOf } from './history.ts'
import { type Pace, paced } from './pace.ts'
import { totalOf } from './plan.ts'
import { counted, type Selection, selected } from './selection.ts'
import { type Destination, makeStream, type Sink, streamSink, subjectSink } from './send.ts'
import type { IndexedRow } from './store.ts'

/** What would be sent. `upto`: the last place; what happens later is no part of it. */
export type SendPlan = {
  types: { type: string; records: number; bytes: number }[]
  records: number
  bytes: number
  first: string
  last: string
  upto: number
}

/** Counts what is selected, as of now. Throws `not_found` for nothing. */
export const planSend = async (db: Queryable, selection: Selection): Promise<SendPlan> => {
  const types = await counted(db, selection)
  if (types.length === 0) throw nothingOf('this selection')
  const times = (of: 'first' | 'last') => types.map((type) => type[of].toISOString()).sort()
  return {
    types: types.map(({ type, records, bytes }) => ({ type, records, bytes })),
    ...totalOf(types),
    first: times('first')[0] ?? '',
    last: times('last').at(-1) ?? '',
    upto: Math.max(...types.map(({ last_sequence }) => last_sequence)),
  }
}

export type Sending = {
  destination: Destination
  selection: Selection
  pace: Pace
  /** Why; needed where something is published. */
  reason: string | undefined
}

export type Sent = { job: string; records: number; last: number | null }

type Place = { target: Target; ask: Ask; db: Queryable }

/**
 * Sends what the plan counted. Throws `unhealthy` (exit code 3) when it breaks off after something was published, with what goes on with it; a
 * file is whole or not there.
 */
export const send = async (place: Place, sending: Sending, plan: SendPlan): Promise<Sent> => {
  const { destination, selection, pace, reason } = sending
  const job = randomUUID()
  if (destination.kind === 'subject' || destination.kind === 'stream') {
    if (!reason)
      throw new Failure('usage', 'A replay needs a reason', { next: 'Say it with --reason; --dry-run needs none.' })
    const detail = { to: `${destination.kind}=${destination.name}`, selection, pace, ...plan }
    granted(noteAction, await place.ask(noteAction, { action_id: job, action: 'history_sent', reason, detail }))
    if (destination.kind === 'stream') {
      await makeStream(place.target, destination.name)
      say(`Replay ${job}; should it break off: dfctl audit replay resume ${job}`)
    }
  }
  return sendRest(place, { job, ...sending }, plan)
}

/** Sends the records that `arrived` does not hold. */
export const sendRest = async (
  { target, db }: Place,
  { job, destination, selection, pace }: Omit<Sending, 'reason'> & { job: string },
  { upto, records: planned }: SendPlan,
  arrived: ReadonlySet<number> = new Set(),
): Promise<Sent> => {
  const sent: Sent = { job, records: 0, last: null }
  const due = paced(selected(db, { ...selection, to: upto }), pace)
  const counting = async function* (update: (text: string) => void) {
    for await (const record of due) {
      if (arrived.has(record.sequence)) continue
      yield record
      sent.records++
      sent.last = record.sequence
      if (sent.records % 1000 === 0) update(`${sent.records} of ${planned}`)
    }
  }
  await during('Replaying the history', async ({ update }) => {
    const records = counting(update)
    if (destination.kind === 'file') await writeWhole(destination.name, linesOf(records))
    else if (destination.kind === 'stdout') for await (const line of linesOf(records)) process.stdout.write(line)
    else if (destination.kind === 'stream')
      await publish(
        await streamSink(target, job, destination.name),
        records,
        sent,
        () => `dfctl audit replay resume ${job}`,
      )
    else
      await publish(
        await subjectSink(target, job, destination.name),
        records,
        sent,
        (last) => `Go on with --from-seq ${last + 1}; some from there on may have been sent.`,
      )
  })
  return sent
}

const publish = async (
  sink: Sink,
  records: AsyncIterable<IndexedRow>,
  sent: Sent,
  next: (last: number) => string,
): Promise<void> => {
  try {
    for await (const record of records) await sink.send(record)
    await sink.end()
  } catch (error) {
    if (sent.last === null || error instanceof Failure) throw error
    const why = reasonOf(error)
    throw new Failure('unhealthy', `It broke off after ${sent.records} records`, {
      why,
      next: next(sent.last),
      cause: error,
    })
  }
}

async function* linesOf(records: AsyncIterable<IndexedRow>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(eventOf(record))}\n`
}
