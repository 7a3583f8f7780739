// The SQL of catalog. Rows are the domain's; pages are ordered by (name, product_id).
import { statement } from '@deliveryflow/kit'
import type { ProductRow } from './domain.ts'

const columns = `p.product_id, name, description, price_amount, price_currency, active,
     coalesce(r.sum, 0) as rating_sum, coalesce(r.count, 0) as rating_count`
const rated = 'left join ratings r using (product_id)'

/** The products with these ids, withdrawn ones too. */
export const selectProducts = statement<[product_ids: string[]], ProductRow>(
  'select_products',
  `select ${columns} from products p ${rated} where p.product_id = any($1::uuid[])`,
)

/** Active products that follow a place in the order. An empty name, which no product has, is the beginning. */
export const listProducts = statement<[after_name: string, after_id: string, limit: number], ProductRow>(
  'list_products',
  `select ${columns} from products p ${rated}
   where active and (name, p.product_id) > ($1, $2::uuid) order by name, p.product_id limit $3`,
)

/** The same for products whose name or description fits a pattern; apart, as only a pattern makes the trigrams useful. */
export const searchProducts = statement<
  [after_name: string, after_id: string, limit: number, pattern: string],
  ProductRow
>(
  'search_products',
  `select ${columns} from products p ${rated}
   where active and (name ilike $4 or description ilike $4) and (name, p.product_id) > ($1, $2::uuid)
   order by name, p.product_id limit $3`,
)

export const insertProduct = statement<
  [product_id: string, name: string, description: string, price_amount: number, price_currency: string],
  ProductRow
>(
  'insert_product',
  `with p as (
     insert into products (product_id, name, description, price_amount, price_currency) values ($1, $2, $3, $4, $5) returning *)
   select ${columns} from p ${rated}`,
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
  `with p as (
     update products set
       name = coalesce($2, name), description = coalesce($3, description),
       price_amount = coalesce($4, price_amount), price_currency = coalesce($5, price_currency),
       active = coalesce($6, active), updated_at = now()
     where product_id = $1 returning *)
   select ${columns} from p ${rated}`,
)

/**
 * Adds reviews to the sums of their products; those counted before change nothing. Sorted, so that batches wait for each other and never in
 * a circle.
 */
export const countReviews = statement<[reviews: string]>(
  'count_reviews',
  `with counted as (
     insert into counted_reviews (review_id, product_id, rating)
     select review_id, product_id, rating
     from jsonb_to_recordset($1::jsonb) as t(review_id uuid, product_id uuid, rating smallint) order by review_id
     on conflict do nothing returning product_id, rating)
   insert into ratings (product_id, sum, count)
   select product_id, sum(rating), count(*) from counted group by product_id order by product_id
   on conflict (product_id) do update set sum = ratings.sum + excluded.sum, count = ratings.count + excluded.count`,
)
