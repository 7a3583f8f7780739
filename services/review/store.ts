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
import { type Purchase, purchaseKey, type Review } from './domain.ts'

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

/** One review of a product by a user, pages of a product, pending events. */
const prepare: MongoOptions['prepare'] = async (db) => {
  const collection = db.collection('reviews')
  await collection.createIndex({ user_id: 1, product_id: 1 }, { unique: true })
  await collection.createIndex({ product_id: 1, _id: -1 })
  await collection.createIndex(outboxIndex)
}

/** Notes purchases; those that are known stay as they are. */
export const upsertPurchases = async (mongo: Mongo, noted: readonly Purchase[]): Promise<void> => {
  if (noted.length === 0) return
  const collection = await purchases(mongo)
  await collection.bulkWrite(
    noted.map(({ _id, ...purchase }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: purchase }, upsert: true },
    })),
  )
}

export const hasReceived = async (mongo: Mongo, user_id: string, product_id: string): Promise<boolean> =>
  (await (await purchases(mongo)).findOne({ _id: purchaseKey(user_id, product_id) })) !== null

/** Inserts a review with what it says; false, and nothing said, when the user has reviewed the product before. */
export const insertReview = async (
  outbox: Resources['outbox'],
  review: Review,
  say: (emit: Emit<typeof reviewCreated>) => void,
): Promise<boolean> => {
  try {
    await outbox.insert(review, say)
    return true
  } catch (error) {
    if (isDuplicateKey(error)) return false
    throw error
  }
}

/** Reviews of a product, newest first, that are older than the review `before`. */
export const selectReviews = async (
  mongo: Mongo,
  product_id: string,
  before: string | null,
  limit: number,
): Promise<Review[]> =>
  (await reviews(mongo))
    .find({ product_id, ...(before !== null && { _id: { $lt: before } }) })
    .sort({ _id: -1 })
    .limit(limit)
    .project<Review>({ outbox: 0, outbox_pending: 0 })
    .toArray()

/** The sum and count of a product's stars. Summed when asked: a stored sum could not change together with the review. */
export const sumRatings = async (mongo: Mongo, product_id: string): Promise<{ sum: number; count: number }> => {
  const [totals] = await (await reviews(mongo))
    .aggregate<{ sum: number; count: number }>([
      { $match: { product_id } },
      { $group: { _id: '$product_id', sum: { $sum: '$rating' }, count: { $sum: 1 } } },
    ])
    .toArray()
  return totals ?? { sum: 0, count: 0 }
}
