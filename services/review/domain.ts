// What review decides: who has received what, what a page of reviews holds, and a product's rating. Pure.
import type { createReview, DataOf, OutputOf, orderCompleted } from '@deliveryflow/contracts'

/** A review as it is stored; `_id` is its review_id, a UUIDv7: the newest is the greatest. */
export type Review = {
  _id: string
  product_id: string
  user_id: string
  rating: number
  text: string
  created_at: Date
}

/** That a user has received a product; `_id` makes it one fact however often it was bought. */
export type Purchase = { _id: string; order_id: string; received_at: Date }

type ReviewView = OutputOf<typeof createReview>

/** The key of a purchase. */
export const purchaseKey = (user_id: string, product_id: string) => `${user_id}:${product_id}`

/** What the user of a completed order may review from now on. */
export const purchasesOf = (order: DataOf<typeof orderCompleted>, received_at: Date): Purchase[] => {
  const products = new Set(order.items.map(({ product_id }) => product_id))
  return [...products].map((product_id) => ({
    _id: purchaseKey(order.user_id, product_id),
    order_id: order.order_id,
    received_at,
  }))
}

/** A review as its readers see it. */
export const viewOf = ({ _id, product_id, user_id, rating, text, created_at }: Review): ReviewView => ({
  review_id: _id,
  product_id,
  user_id,
  rating,
  text,
  created_at: created_at.toISOString(),
})

/** The page of the first `limit` reviews; there is a next one when more were found. */
export const pageOf = (found: readonly Review[], limit: number) => {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return { items: page.map(viewOf), next_cursor: last && found.length > limit ? cursorOf(last) : null }
}

const cursorOf = ({ _id }: Review): string => Buffer.from(_id).toString('base64url')

/** The id of the review that a cursor stands behind; undefined when it is none of ours. */
export const placeOf = (cursor: string): string | undefined => {
  const id = Buffer.from(cursor, 'base64url').toString()
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : undefined
}

/** How many reviews of a product give so many stars. */
export type RatingCount = { rating: number; count: number }

/** The average of 1 to 5 stars to two decimals, null before the first review. */
export const ratingOf = (counts: readonly RatingCount[]) => {
  const count = counts.reduce((sum, each) => sum + each.count, 0)
  const stars = counts.reduce((sum, each) => sum + each.count * each.rating, 0)
  return { average: count === 0 ? null : Math.round((stars / count) * 100) / 100, count }
}
