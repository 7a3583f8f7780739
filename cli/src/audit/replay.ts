// A replay of selected records to somewhere else than a read model: planned, said in the history, sent in its rhythm.
import { randomUUID } from 'node:crypto'
import { noteAction } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { type Ask, granted } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { during } from '../terminal.ts'
import { writeWhole } from './file.ts'
import { eventOf, nothingOf } from './history.ts'
import { type Pace, paced } from './pace.ts'
import { totalOf } from './plan.ts'
import { counted, type Selection, selected } from './selection.ts'
import { type Destination, type Sink, streamSink, subjectSink } from './send.ts'
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

/**
 * Sends what the plan counted. Throws `unhealthy` (exit code 3) when it breaks off after something was published, with the place to go on
 * from; a file is whole or not there.
 */
export const send = async (
  { target, ask, db }: { target: Target; ask: Ask; db: Queryable },
  { destination, selection, pace, reason }: Sending,
  plan: SendPlan,
): Promise<Sent> => {
  const sent: Sent = { job: randomUUID(), records: 0, last: null }
  if (destination.kind === 'subject' || destination.kind === 'stream') {
    if (!reason)
      throw new Failure('usage', 'A replay needs a reason', { next: 'Say it with --reason; --dry-run needs none.' })
    const detail = { to: `${destination.kind}=${destination.name}`, ...plan }
    granted(noteAction, await ask(noteAction, { action_id: sent.job, action: 'history_sent', reason, detail }))
  }
  const due = paced(selected(db, { ...selection, to: plan.upto }), pace)
  const counting = async function* (update: (text: string) => void) {
    for await (const record of due) {
      yield record
      sent.records++
      sent.last = record.sequence
      if (sent.records % 1000 === 0) update(`${sent.records} of ${plan.records}`)
    }
  }
  await during('Replaying the history', async ({ update }) => {
    const records = counting(update)
    if (destination.kind === 'file') await writeWhole(destination.name, linesOf(records))
    else if (destination.kind === 'stdout') for await (const line of linesOf(records)) process.stdout.write(line)
    else await publish(await sinkTo(target, sent.job, destination), records, sent)
  })
  return sent
}

const sinkTo = (
  target: Target,
  job: string,
  { kind, name }: Exclude<Destination, { kind: 'stdout' }>,
): Promise<Sink> => (kind === 'stream' ? streamSink(target, job, name) : subjectSink(target, job, name))

const publish = async (sink: Sink, records: AsyncIterable<IndexedRow>, sent: Sent): Promise<void> => {
  try {
    for await (const record of records) await sink.send(record)
    await sink.end()
  } catch (error) {
    if (sent.last === null || error instanceof Failure) throw error
    throw new Failure('unhealthy', `It broke off after ${sent.records} records`, {
      why: reasonOf(error),
      next: `Go on with --from-seq ${sent.last + 1}; some from there on may have been sent.`,
      cause: error,
    })
  }
}

async function* linesOf(records: AsyncIterable<IndexedRow>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(eventOf(record))}\n`
}
