// Products as they are offered: catalog's with inventory's stock. Without inventory they are shown without it.
import { getProducts, getStock, listProducts, type Product } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import type { Gateway, Handler } from './handler.ts'

/** Less than a shop's visitor waits for a page: then the page comes without the stock. */
const stockTimeout = 1000

export const handleListProducts: Handler<'listProducts'> = async ({ query }, gateway) => {
  const page = await gateway.call(listProducts, query)
  if (page instanceof Rejection) return page
  const stock = await stockOf(
    page.items.map(({ product_id }) => product_id),
    gateway,
  )
  return { ...page, items: page.items.map(offered(stock)) }
}

export const handleGetProduct: Handler<'getProduct'> = async ({ params: { product_id } }, gateway) => {
  const product_ids = [product_id]
  const [found, stock] = await Promise.all([gateway.call(getProducts, { product_ids }), stockOf(product_ids, gateway)])
  if (found instanceof Rejection) return found
  const [product] = found.products
  return product ? offered(stock)(product) : reject('not_found', 'There is no product with this id.')
}

type Stock = ReadonlyMap<string, number> | undefined

const offered = (stock: Stock) => (product: Product) => ({
  ...product,
  stock: stock ? (stock.get(product.product_id) ?? 0) : null,
})

/** What can be ordered of each product; undefined when inventory does not answer. */
const stockOf = async (product_ids: string[], { call, log }: Gateway): Promise<Stock> => {
  if (product_ids.length === 0) return new Map()
  try {
    const answer = await call(getStock, { product_ids }, { timeout_ms: stockTimeout })
    if (answer instanceof Rejection) return undefined
    return new Map(answer.stock.map(({ product_id, available }) => [product_id, available]))
  } catch (error) {
    log.debug({ err: error }, 'products are shown without their stock')
    return undefined
  }
}
