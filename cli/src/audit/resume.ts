// Goes on with a replay that broke off: what it was to send stands in the history, and what has arrived in its stream.
import { listReplays, type Replay } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { z } from 'zod'
import { type Ask, granted } from '../calls.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { follow } from './projection.ts'
import { type Sent, sendRest } from './replay.ts'
import { selected } from './selection.ts'
import { arrivedIn, destinationOf, makeStream } from './send.ts'

const moment = z.iso.datetime().transform((text) => new Date(text))
/** JSON knows no infinity. */
const limit = z
  .number()
  .nullable()
  .transform((number) => number ?? Number.POSITIVE_INFINITY)
const begun = z.object({
  data: z.object({
    action: z.literal('history_sent'),
    detail: z.object({
      to: z.string(),
      selection: z.object({
        order_id: z.exactOptional(z.string()),
        user_id: z.exactOptional(z.string()),
        types: z.exactOptional(z.array(z.string())),
        correlation_id: z.exactOptional(z.string()),
        causation_id: z.exactOptional(z.string()),
        aggregate: z.exactOptional(z.string()),
        since: z.exactOptional(moment),
        until: z.exactOptional(moment),
        from: z.exactOptional(z.int()),
        to: z.exactOptional(z.int()),
      }),
      pace: z.object({ factor: limit, max_gap_ms: limit, rate: limit }),
      types: z.array(z.object({ type: z.string(), records: z.int(), bytes: z.int() })),
      records: z.int(),
      bytes: z.int(),
      first: z.string(),
      last: z.string(),
      upto: z.int(),
    }),
  }),
})

/**
 * Goes on with a replay: into a read model that is followed until it is swapped in, into a stream what has not arrived there is sent. Throws
 * `not_found` for a job that never was, `refused` for one that is at its end.
 */
export const resume = async (
  { target, ask, db }: { target: Target; ask: Ask; db: Queryable },
  job: string,
  deadline: number,
): Promise<Sent | Replay> => {
  const [replay] = granted(listReplays, await ask(listReplays, { job, limit: 1 })).items
  if (replay?.state === 'running') return follow(ask, job, deadline)
  if (replay) throw ended(job, `it is ${replay.state}`)

  const { to, selection, pace, ...plan } = await begunAs(db, job)
  const destination = destinationOf(to)
  if (destination.kind !== 'stream')
    throw new Failure('refused', `The replay ${job} went to ${to}, and nobody knows what arrived there`, {
      next: 'Send it again, with --from-seq where the first one broke off.',
    })
  const arrived = await arrivedIn(target, job, destination.name)
  if (arrived && arrived.records >= plan.records)
    throw ended(job, `all ${plan.records} records are in ${destination.name}`)
  if (!arrived) await makeStream(target, destination.name)
  // Every selected record before these has arrived.
  const rest = arrived?.last.size ? { ...selection, from: Math.min(...arrived.last) } : selection
  return sendRest({ target, ask, db }, { job, destination, selection: rest, pace }, plan, arrived?.last)
}

const begunAs = async (db: Queryable, job: string) => {
  for await (const { data } of selected(db, { aggregate: job, types: ['operator_acted'] })) {
    const action = begun.safeParse({ data: data === null ? null : JSON.parse(data) })
    if (action.success) return action.data.data.detail
  }
  throw new Failure('not_found', `There is no replay ${job}`, { next: 'See dfctl audit replay list.' })
}

const ended = (job: string, why: string) =>
  new Failure('refused', `There is nothing to resume of the replay ${job}`, { why, next: 'Begin another one.' })
