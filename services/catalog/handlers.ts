// For each message and call of catalog: load, decide, save. Administrators alone change products.
import type {
  createProduct,
  getProducts,
  listProducts,
  reviewCreated,
  topology,
  updateProduct,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type Fold, newId, reject, rowsOf } from '@deliveryflow/kit'
import { cursorAfter, patternOf, productBefore, productOf } from './domain.ts'
import * as store from './store.ts'

type Catalog = typeof topology.catalog
export type CatalogContext = Context<Catalog>
type Answer<R> = AnswerOf<R, CatalogContext>

/** Before every product: names are not empty. */
const beginning = { name: '', product_id: '00000000-0000-0000-0000-000000000000' }

export const countReviews: Fold<typeof reviewCreated, CatalogContext> = {
  effects: 'none',
  batch: async (messages, tx) => {
    const reviews = messages.map(({ data: { review_id, product_id, rating } }) => ({ review_id, product_id, rating }))
    await store.countReviews(tx, rowsOf(reviews))
  },
}

export const list: Answer<typeof listProducts> = async ({ q, limit, cursor }, { db }) => {
  const anchor = cursor === undefined ? null : productBefore(cursor)
  const [after] = cursor === undefined ? [beginning] : anchor === null ? [] : await store.selectProducts(db, [anchor])
  if (!after) return reject('invalid_request', 'cursor: not one that this list gave; begin again without a cursor.')
  const rows = q
    ? await store.searchProducts(db, after.name, after.product_id, limit + 1, patternOf(q))
    : await store.listProducts(db, after.name, after.product_id, limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(productOf),
    next_cursor: rows.length > limit && last ? cursorAfter(last.product_id) : null,
  }
}

export const get: Answer<typeof getProducts> = async ({ product_ids }, { db }) => ({
  products: (await store.selectProducts(db, product_ids)).map(productOf),
})

export const create: Answer<typeof createProduct> = async ({ name, description, price }, { transaction }) => {
  const [product] = await transaction((tx) =>
    store.insertProduct(tx, newId(), name, description, price.amount, price.currency),
  )
  if (!product) throw new Error('PostgreSQL returned no row for a product that it took.')
  return productOf(product)
}

export const update: Answer<typeof updateProduct> = async (
  { product_id, name, description, price, active },
  { transaction },
) => {
  const [product] = await transaction((tx) =>
    store.updateProduct(
      tx,
      product_id,
      name ?? null,
      description ?? null,
      price?.amount ?? null,
      price?.currency ?? null,
      active ?? null,
    ),
  )
  return product ? productOf(product) : reject('not_found', 'No product has this id.')
}
