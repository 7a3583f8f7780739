// The SQL of catalog. Rows are the domain's; pages are ordered by (name, product_id).
import { statement } from '@deliveryflow/kit'
import type { ProductRow } from './domain.ts'

const columns = 'product_id, name, description, price_amount, price_currency, active, rating_sum, rating_count'

/** The products with these ids, withdrawn ones too. */
export const selectProducts = statement<[product_ids: string[]], ProductRow>(
  'select_products',
  `select ${columns} from products where product_id = any($1::uuid[])`,
)

/** Active products that follow a place in the order. An empty name, which no product has, is the beginning. */
export const listProducts = statement<[after_name: string, after_id: string, limit: number], ProductRow>(
  'list_products',
  `select ${columns} from products
   where active and (name, product_id) > ($1, $2::uuid) order by name, product_id limit $3`,
)

/** The same for products whose name or description fits a pattern; apart, as only a pattern makes the trigrams useful. */
export const searchProducts = statement<
  [after_name: string, after_id: string, limit: number, pattern: string],
  ProductRow
>(
  'search_products',
  `select ${columns} from products
   where active and (name ilike $4 or description ilike $4) and (name, product_id) > ($1, $2::uuid)
   order by name, product_id limit $3`,
)

export const insertProduct = statement<
  [product_id: string, name: string, description: string, price_amount: number, price_currency: string],
  ProductRow
>(
  'insert_product',
  `insert into products (product_id, name, description, price_amount, price_currency)
   values ($1, $2, $3, $4, $5) returning ${columns}`,
)

/** Changes what is not null. Returns no row when there is no such product. */
export const updateProduct = statement<
  [
    product_id: string,
    name: string | null,
    description: string | null,
    price_amount: number | null,
    price_currency: string | null,
    active: boolean | null,
  ],
  ProductRow
>(
  'update_product',
  `update products set
     name = coalesce($2, name), description = coalesce($3, description),
     price_amount = coalesce($4, price_amount), price_currency = coalesce($5, price_currency),
     active = coalesce($6, active), updated_at = now()
   where product_id = $1 returning ${columns}`,
)

/** Locks products, always in the same order, so that batches wait for each other and never in a circle. */
export const lockProducts = statement<[product_ids: string[]], { product_id: string }>(
  'lock_products',
  `select product_id from products where product_id = any($1::uuid[]) order by product_id for no key update`,
)

/** Adds reviews to the sums of their products; those of unknown products, and those counted before, change nothing. */
export const countReviews = statement<[reviews: string]>(
  'count_reviews',
  `with counted as (
     insert into counted_reviews (review_id, product_id, rating)
     select review_id, product_id, rating
     from jsonb_to_recordset($1::jsonb) as t(review_id uuid, product_id uuid, rating smallint)
     join products using (product_id)
     on conflict do nothing returning product_id, rating)
   update products p set rating_sum = p.rating_sum + c.sum, rating_count = p.rating_count + c.count
   from (select product_id, sum(rating) as sum, count(*) as count from counted group by product_id) c
   where p.product_id = c.product_id`,
)
