// Walks over the places of the history in audit's database: what verify judges and export writes, a stretch at a time.
import type { Checkpoint } from '@deliveryflow/kit/history/checkpoint'
import { genesis } from '@deliveryflow/kit/history/record'
import type { SealedRecord } from '@deliveryflow/kit/history/segment'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { Failure } from '../failure.ts'
import { type PlaceRow, reach, selectCheckpoints, selectLink, selectPlaces, storedAt } from './store.ts'

/** A place as it is kept: `record` is null where that is gone, `link`, like that of the record, where the seal is. */
export type KeptPlace = { sequence: number; record: SealedRecord | null; link: Buffer | null }
/** From one place to another, both of them. */
export type Places = { from: number; to: number }
export type Stretch = { places: KeptPlace[]; checkpoints: Checkpoint[] }

const stretch = 5000

/** The places between two, in their order. The next stretch is read while the one in hand is judged. */
export async function* stretches(db: Queryable, from: number, to: number): AsyncGenerator<Stretch> {
  const read = async (first: number): Promise<Stretch | null> => {
    if (first > to) return null
    const last = Math.min(to, first + stretch - 1)
    const [places, checkpoints] = await Promise.all([selectPlaces(db, first, last), selectCheckpoints(db, first, last)])
    return { places: places.map(keptOf), checkpoints }
  }
  let next = read(from)
  for (let first = from; first <= to; first += stretch) {
    const here = await next
    next = read(first + stretch)
    next.catch(() => undefined) // Whoever ends early asks no more; whoever goes on meets the error above.
    if (here) yield here
  }
}

/** From where to where the history is there, within what is asked for. Throws `not_found` where there is nothing. */
export const rangeOf = async (db: Queryable, from = 1, to = Number.MAX_SAFE_INTEGER): Promise<Places> => {
  const [reached] = await reach(db)
  const { first, last } = reached ?? {}
  if (!first || !last || from > last || to < first)
    throw new Failure('not_found', 'The history holds nothing there', {
      why: first ? `it reaches from ${first} to ${last}` : 'it is empty',
    })
  return { from: Math.max(from, first), to: Math.min(to, last) }
}

/**
 * The first place that was stored at or after a moment; the one behind the last when there is none. Places are in the order of storing,
 * so it is found by halving.
 */
export const firstStored = async (db: Queryable, moment: Date): Promise<number> => {
  let [before, from] = [0, 1]
  const isBefore = async (sequence: number) => {
    const [row] = await storedAt(db, sequence)
    return row !== undefined && row.at.getTime() < moment.getTime()
  }
  while (await isBefore(from)) [before, from] = [from, from * 2]
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (await isBefore(middle)) before = middle
    else from = middle
  }
  return from
}

/** The link that the record at a place was chained to: of the place before, or the genesis at the first of the chain. */
export const linkBefore = async (db: Queryable, sequence: number): Promise<Buffer> =>
  (await selectLink(db, sequence - 1))[0]?.link ?? genesis

const keptOf = ({ sequence, record_sequence, link, ...row }: PlaceRow): KeptPlace => ({
  sequence,
  link,
  record: record_sequence === null ? null : { sequence, link, ...recordOf(row) },
})

const recordOf = ({
  nats_subject,
  headers,
  data,
  body,
  stored_at,
}: Omit<PlaceRow, 'sequence' | 'record_sequence' | 'link'>) => ({
  subject: nats_subject ?? '',
  headers: JSON.parse(headers ?? '[]') as [string, string][],
  body: body ?? Buffer.from(data ?? ''),
  stored_at: stored_at ?? new Date(0),
})
