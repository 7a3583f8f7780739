// For each message and call of review: load, decide, save, emit.
import {
  type createReview,
  type listMyReviews,
  type listReviewable,
  type listReviews,
  type orderCompleted,
  reviewCreated,
  type topology,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type HearOf, newId, reject } from '@deliveryflow/kit'
import { awaitedPage, placeIn } from './awaited.ts'
import { pageOf, placeOf, purchasesOf, ratingOf, viewOf } from './domain.ts'
import * as store from './store.ts'

type ReviewService = typeof topology.review
export type ReviewContext = Context<ReviewService, unknown, store.Resources>
type Answer<R> = AnswerOf<R, ReviewContext>

export const notePurchases: HearOf<typeof orderCompleted, ReviewService, ReviewContext> = {
  effects: 'none',
  each: async ({ data, time }, { mongo }) => {
    await store.insertPurchases(mongo, purchasesOf(data, time))
  },
}

export const create: Answer<typeof createReview> = async (input, { mongo, outbox }, caller) => {
  const { product_id, rating, text } = input
  const { user_id } = caller
  if (!(await store.hasReceived(mongo, user_id, product_id))) {
    return reject('not_received', 'You can review this product once an order with it was delivered to you.')
  }
  const review = { _id: newId(), product_id, user_id, rating, text, created_at: new Date() }
  const inserted = await store.insertReview(outbox, review, (emit) =>
    emit(reviewCreated, { review_id: review._id, product_id, user_id, rating }),
  )
  return inserted ? viewOf(review) : reject('already_reviewed', 'You have reviewed this product already.')
}

export const list: Answer<typeof listReviews> = async ({ product_id, limit, cursor }, { mongo }) => {
  const before = cursor === undefined ? null : placeOf(cursor)
  if (before === undefined) return unknownCursor()
  // One more than asked for tells whether there is a next page.
  const [found, counts] = await Promise.all([
    store.selectReviews(mongo, { product_id }, before, limit + 1),
    store.countByRating(mongo, product_id),
  ])
  return { ...pageOf(found, limit), rating: ratingOf(counts) }
}

export const listMine: Answer<typeof listMyReviews> = async ({ limit, cursor }, { mongo }, { user_id }) => {
  const before = cursor === undefined ? null : placeOf(cursor)
  if (before === undefined) return unknownCursor()
  return pageOf(await store.selectReviews(mongo, { user_id }, before, limit + 1), limit)
}

export const listAwaited: Answer<typeof listReviewable> = async ({ limit, cursor }, { mongo }, { user_id }) => {
  const from = cursor === undefined ? undefined : placeIn(user_id, cursor)
  if (from === null) return unknownCursor()
  return awaitedPage(user_id, await store.selectAwaited(mongo, user_id, from, limit + 1), limit)
}

const unknownCursor = () =>
  reject('invalid_request', 'The cursor is not one of ours; leave it out to begin with the newest.')
