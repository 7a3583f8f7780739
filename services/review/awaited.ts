// What a customer received and has not reviewed, page by page. Pure; the purchases are the store's.
import { id, type listReviewable, type OutputOf, timestamp } from '@deliveryflow/contracts'
import { cursorFor } from '@deliveryflow/kit'
import { z } from 'zod'
import { type Purchase, purchaseKey } from './domain.ts'

/** The bounds between which the keys of a user's purchases are. */
export const purchaseKeysOf = (user_id: string) => ({ after: `${user_id}:`, before: `${user_id};` })

/** Where a page begins: behind the purchase of this key, which was received then. */
export type Place = Pick<Purchase, '_id' | 'received_at'>

const cursors = cursorFor(z.tuple([timestamp, id]))

/** The place that a cursor stands for, or null when it is none of ours. */
export const placeIn = (user_id: string, cursor: string): Place | null => {
  const [received_at, product_id] = cursors.read(cursor) ?? []
  return received_at && product_id
    ? { _id: purchaseKey(user_id, product_id), received_at: new Date(received_at) }
    : null
}

/** The page of the first `limit` purchases of a user; there is a next one when more were found. */
export const awaitedPage = (
  user_id: string,
  found: readonly Purchase[],
  limit: number,
): OutputOf<typeof listReviewable> => {
  const items = found.slice(0, limit).map(({ _id, order_id, received_at }) => ({
    product_id: _id.slice(purchaseKeysOf(user_id).after.length),
    order_id,
    received_at: received_at.toISOString(),
  }))
  const last = items[limit - 1]
  const next_cursor = last && found.length > limit ? cursors.write([last.received_at, last.product_id]) : null
  return { items, next_cursor }
}
