// The MongoDB operations of review, within what its stand-ins for development speak too: no transactions, no partial indexes.
import { type reviewCreated, topology } from '@deliveryflow/contracts'
import { isConnectionError, type Log } from '@deliveryflow/kit'
import { isDuplicateKey, type Mongo, type MongoOptions, openMongo } from '@deliveryflow/kit/mongo/connection'
import {
  type Carrier,
  type EmbeddedOutbox,
  type Emit,
  embeddedOutbox,
  outboxIndex,
} from '@deliveryflow/kit/mongo/outbox'
import { type Place, purchaseKeysOf } from './awaited.ts'
import { type Purchase, purchaseKey, type RatingCount, type Review } from './domain.ts'

/** What the handlers are given: the database, and the outbox by which a review is inserted. */
export type Resources = { mongo: Mongo; outbox: EmbeddedOutbox<Review, typeof reviewCreated> }

/** Opens the database; the service starts without it too, and works once it answers. */
export const openStore = async ({ settings, log }: { settings: { MONGODB_URL: string }; log: Log }) => {
  const service = topology.review.name
  const mongo = openMongo({ url: settings.MONGODB_URL, service, prepare })
  const outbox: Resources['outbox'] = embeddedOutbox(service, async () =>
    (await mongo.database()).collection<Carrier>('reviews'),
  )
  try {
    await mongo.database()
  } catch (error) {
    if (!isConnectionError(error)) throw error
    log.warn({ err: error }, 'MongoDB does not answer yet; reviews answer unavailable until it does')
  }
  return { resources: { mongo, outbox } satisfies Resources, outbox, ready: mongo.ping, close: mongo.close }
}

const reviews = async (mongo: Mongo) => (await mongo.database()).collection<Review>('reviews')
const purchases = async (mongo: Mongo) => (await mongo.database()).collection<Purchase>('purchases')

/** One review of a product by a user, pages of a product and of a user, pending events. */
const prepare: MongoOptions['prepare'] = async (db) => {
  const collection = db.collection('reviews')
  await collection.createIndex({ user_id: 1, product_id: 1 }, { unique: true })
  await collection.createIndex({ product_id: 1, _id: -1 })
  await collection.createIndex({ user_id: 1, _id: -1 })
  await collection.createIndex(outboxIndex)
}

/** Notes purchases; those that are known stay as they are. */
export const insertPurchases = async (mongo: Mongo, noted: readonly Purchase[]): Promise<void> => {
  const collection = await purchases(mongo)
  await Promise.all(noted.map((purchase) => unlessThere(collection.insertOne(purchase))))
}

export const hasReceived = async (mongo: Mongo, user_id: string, product_id: string): Promise<boolean> =>
  (await (await purchases(mongo)).findOne({ _id: purchaseKey(user_id, product_id) })) !== null

/** Inserts a review with what it says; false, and nothing said, when the user has reviewed the product before. */
export const insertReview = (
  outbox: Resources['outbox'],
  review: Review,
  say: (emit: Emit<typeof reviewCreated>) => void,
): Promise<boolean> => unlessThere(outbox.insert(review, say))

/** Whether an insert was made; false when a document with the same unique key was there before. */
const unlessThere = async (insert: Promise<unknown>): Promise<boolean> => {
  try {
    await insert
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Reviews of a product or of a user, newest first, that are older than the review `before`. */
export const selectReviews = async (
  mongo: Mongo,
  whose: { product_id: string } | { user_id: string },
  before: string | null,
  limit: number,
): Promise<Review[]> =>
  (await reviews(mongo))
    .find({ ...whose, ...(before !== null && { _id: { $lt: before } }) })
    .sort({ _id: -1 })
    .limit(limit)
    .project<Review>({ outbox: 0, outbox_pending: 0 })
    .toArray()

/**
 * Purchases of a user that no review of theirs is about, received last first, behind the place. What was reviewed is asked for
 * first and left out by its keys: a $lookup would be one question, but the stand-ins have none.
 */
export const selectAwaited = async (
  mongo: Mongo,
  user_id: string,
  from: Place | undefined,
  limit: number,
): Promise<Purchase[]> => {
  const reviewed = await (await reviews(mongo))
    .find({ user_id })
    .project<Pick<Review, 'product_id'>>({ _id: 0, product_id: 1 })
    .toArray()
  const { after, before } = purchaseKeysOf(user_id)
  const $nin = reviewed.map(({ product_id }) => purchaseKey(user_id, product_id))
  const behind = from && [
    { received_at: { $lt: from.received_at } },
    { received_at: from.received_at, _id: { $lt: from._id } },
  ]
  return (await purchases(mongo))
    .find({ _id: { $gt: after, $lt: before, $nin }, ...(behind && { $or: behind }) })
    .sort({ received_at: -1, _id: -1 })
    .limit(limit)
    .toArray()
}

/**
 * How many reviews of a product give so many stars. Counted when asked: a stored sum could not change together with the
 * review. One accumulator in the group, since FerretDB 1.24 answers 0 for any further one.
 */
export const countByRating = async (mongo: Mongo, product_id: string): Promise<RatingCount[]> => {
  const groups = (await reviews(mongo)).aggregate<{ _id: number; count: number }>([
    { $match: { product_id } },
    { $group: { _id: '$rating', count: { $sum: 1 } } },
  ])
  return (await groups.toArray()).map(({ _id, count }) => ({ rating: _id, count }))
}
