// What catalog computes: averages, search patterns and the place of a page. Pure; what is true of a product is the store's.
import type { Product } from '@deliveryflow/contracts'

/** A product as its row tells it; `price_amount` in minor units, `rating_sum` the sum of `rating_count` ratings. */
export type ProductRow = {
  product_id: string
  name: string
  description: string
  price_amount: number
  price_currency: string
  active: boolean
  rating_sum: number
  rating_count: number
}

/** The product as everybody else knows it; the average has two decimals, and is null before the first review. */
export const productOf = ({ price_amount, price_currency, rating_sum, rating_count, ...row }: ProductRow): Product => ({
  product_id: row.product_id,
  name: row.name,
  description: row.description,
  price: { amount: price_amount, currency: price_currency },
  active: row.active,
  rating: {
    average: rating_count === 0 ? null : Math.round((rating_sum / rating_count) * 100) / 100,
    count: rating_count,
  },
})

/** The pattern for ILIKE that fits every text which holds `q`: what ILIKE takes for a wildcard stands for itself. */
export const patternOf = (q: string): string => `%${q.replaceAll(/[\\%_]/g, '\\$&')}%`

/**
 * The cursor of the page that follows this product: the product's id in base64url. Not its name as well, which may be
 * longer than a cursor: a product that is renamed between two pages takes the place of the page with it.
 */
export const cursorAfter = (product_id: string): string =>
  Buffer.from(product_id.replaceAll('-', ''), 'hex').toString('base64url')

/** The id of the product that a cursor stands for, or null when the text is no cursor of ours. */
export const productBefore = (cursor: string): string | null => {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) return null
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
