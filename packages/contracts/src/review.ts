// review: what customers say of what they received.
import { z } from 'zod'
import { operation } from './http.ts'
import { event } from './message.ts'
import { rpc, userRpc } from './rpc.ts'
import { id, pageOf, paging, text, timestamp } from './values.ts'

const stars = z.int().min(1).max(5)

export const reviewCreated = event('review_created', {
  about: 'A product was reviewed: thanks to the author, and the rating changes.',
  aggregate: 'product_id',
  data: z.object({ review_id: id, product_id: id, user_id: id, rating: stars }),
})

const reviewView = z
  .object({ review_id: id, product_id: id, user_id: id, rating: stars, text: z.string(), created_at: timestamp })
  .meta({ id: 'Review' })

const reviewInput = z.strictObject({ product_id: id, rating: stars, text: text.trim().max(5000).default('') })
const ofProduct = z.strictObject({ product_id: id })

export const createReview = userRpc('create_review', {
  about: 'Reviews a product that the caller received; once for each product.',
  input: reviewInput,
  output: reviewView,
  rejections: ['not_received', 'already_reviewed', 'unavailable'],
  idempotent: false,
})

export const listReviews = rpc('review.list', {
  about: 'The reviews of a product, newest first, with its rating.',
  input: ofProduct.extend(paging),
  output: pageOf(reviewView).extend({ rating: z.object({ average: z.number().nullable(), count: z.int() }) }),
  rejections: ['invalid_request', 'unavailable'],
  idempotent: true,
})

export const listMyReviews = userRpc('review.list_mine', {
  about: 'The reviews of the caller, newest first.',
  input: z.strictObject(paging),
  output: pageOf(reviewView),
  rejections: ['invalid_request', 'unavailable'],
  idempotent: true,
})

export const listReviewable = userRpc('review.list_awaited', {
  about: 'Products that the caller received and has not reviewed, the one received last first.',
  input: z.strictObject(paging),
  output: pageOf(
    z.object({ product_id: id, order_id: id, received_at: timestamp }).meta({
      id: 'AwaitedReview',
      description: 'order_id: the order that brought the product first',
    }),
  ),
  rejections: ['invalid_request', 'unavailable'],
  idempotent: true,
})

export const reviewHttp = [
  operation({
    id: 'createReview',
    method: 'post',
    path: '/api/reviews',
    about: createReview.about,
    access: 'user',
    body: reviewInput,
    status: 201,
    response: reviewView,
    problems: ['not_received', 'already_reviewed', 'unavailable'],
    rpc: createReview,
  }),
  operation({
    id: 'listMyReviews',
    method: 'get',
    path: '/api/reviews',
    about: listMyReviews.about,
    access: 'user',
    query: listMyReviews.input,
    status: 200,
    response: listMyReviews.output,
    problems: ['unavailable'],
    rpc: listMyReviews,
  }),
  operation({
    id: 'listReviewable',
    method: 'get',
    path: '/api/reviews/awaited',
    about: listReviewable.about,
    access: 'user',
    query: listReviewable.input,
    status: 200,
    response: listReviewable.output,
    problems: ['unavailable'],
    rpc: listReviewable,
  }),
  operation({
    id: 'listReviews',
    method: 'get',
    path: '/api/products/{product_id}/reviews',
    about: listReviews.about,
    access: 'public',
    params: ofProduct,
    query: z.strictObject(paging),
    status: 200,
    response: listReviews.output,
    problems: ['unavailable'],
    rpc: listReviews,
  }),
] as const
