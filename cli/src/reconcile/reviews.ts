// What review said and handled, as its MongoDB keeps it: messages stay in the documents that they were born with, and a purchase is
// noted for each item of a completed order. Decision 6.
import { orderCompleted } from '@deliveryflow/contracts'
import type { Carrier } from '@deliveryflow/kit/mongo/outbox'
import type { Db } from 'mongodb'
import { longestConnecting } from '../database.ts'
import { Failure, reasonOf } from '../failure.ts'
import { withMongo } from '../mongo.ts'
import { uuidsFrom } from '../order/find.ts'
import type { Target } from '../target.ts'
import type { Said } from './store.ts'

/** The least id of a moment: ids are UUIDv7, which begin with their milliseconds. */
const idFrom = (moment: Date): string => uuidsFrom(moment.getTime().toString(16).padStart(12, '0'))?.[0] ?? ''

/** What reviews said between two moments and is not about to be published anyway, in the order of their ids, a page at a time. */
export async function* reviewsBetween(target: Target, since: Date, until: Date, page: number): AsyncGenerator<Said[]> {
  for (let [after, more] = [idFrom(since), true]; more; ) {
    const documents = await inMongo(target, (db) =>
      db
        .collection<Carrier>('reviews')
        .find({ _id: { $gt: after, $lt: idFrom(until) } })
        .sort({ _id: 1 })
        .limit(page)
        .project<Carrier>({ outbox: 1, outbox_pending: 1 })
        .toArray(),
    )
    const said = documents.flatMap(({ outbox, outbox_pending }) => (outbox_pending === undefined ? outbox : []))
    if (said.length > 0) yield said.map(({ headers, ...message }) => ({ ...message, headers: JSON.stringify(headers) }))
    more = documents.length === page
    after = documents.at(-1)?._id ?? after
  }
}

/** How many documents from before a moment hold messages that are still to be published. */
export const countPendingReviews = (target: Target, until: Date): Promise<number> =>
  inMongo(target, (db) => db.collection('reviews').countDocuments({ outbox_pending: { $gt: '', $lt: idFrom(until) } }))

/** Those of these messages that tell of a completed order an item of which was not noted as a purchase. */
export const withoutPurchases = async (target: Target, rows: readonly Said[]): Promise<Said[]> => {
  const keysOf = ({ data }: Said): string[] => {
    const { user_id, items } = orderCompleted.data.parse(JSON.parse(data))
    return items.map(({ product_id }) => `${user_id}:${product_id}`)
  }
  const keys = new Map(rows.map((row) => [row.id, keysOf(row)]))
  const noted = await inMongo(target, (db) =>
    db
      .collection<{ _id: string }>('purchases')
      .find({ _id: { $in: [...keys.values()].flat() } })
      .project<{ _id: string }>({ _id: 1 })
      .toArray(),
  )
  const there = new Set(noted.map(({ _id }) => _id))
  return rows.filter(({ id }) => keys.get(id)?.some((key) => !there.has(key)))
}

const inMongo = async <T>(target: Target, work: (db: Db) => Promise<T>): Promise<T> => {
  try {
    return await withMongo(await target.mongodb(), work, longestConnecting)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure('unhealthy', 'MongoDB does not answer', {
      why: reasonOf(error),
      next: 'See dfctl check.',
      cause: error,
    })
  }
}
