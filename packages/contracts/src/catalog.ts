// catalog: what can be bought, at which price, and how it is rated. The stock is inventory's.
import { z } from 'zod'
import { operation } from './http.ts'
import { adminRpc, rpc } from './rpc.ts'
import { id, money, pageOf, paging, text } from './values.ts'

const rating = z
  .object({ average: z.number().nullable(), count: z.int() })
  .meta({ id: 'Rating', description: 'average: 1 to 5, null while nobody has rated' })

export const product = z
  .object({ product_id: id, name: z.string(), description: z.string(), price: money, active: z.boolean(), rating })
  .meta({ id: 'Product' })
export type Product = z.infer<typeof product>

const offeredProduct = product
  .extend({ stock: z.int().nullable() })
  .meta({ id: 'OfferedProduct', description: 'stock: what can be ordered now; null while inventory does not answer' })

const productInput = z.strictObject({
  name: text.trim().min(1).max(200),
  description: text.max(2000).default(''),
  price: money.refine((price) => price.amount > 0, 'a price is above zero'),
})
const productChanges = z.strictObject({
  name: text.trim().min(1).max(200).optional(),
  description: text.max(2000).optional(),
  price: money.refine((price) => price.amount > 0, 'a price is above zero').optional(),
  active: z.boolean().optional(),
})
const search = z.strictObject({ q: text.trim().max(100).optional(), ...paging })
const productId = z.strictObject({ product_id: id })

export const listProducts = rpc('catalog.list', {
  about: 'Active products whose name or description holds q, by name.',
  input: search,
  output: pageOf(product),
  rejections: ['invalid_request'],
  idempotent: true,
})

export const getProducts = rpc('catalog.get', {
  about: 'The products with these ids, withdrawn ones too; unknown ids are left out.',
  input: z.strictObject({ product_ids: z.array(id).min(1).max(100) }),
  output: z.object({ products: z.array(product) }),
  rejections: [],
  idempotent: true,
})

export const createProduct = adminRpc('catalog.create', {
  about: 'Adds a product.',
  input: productInput,
  output: product,
  rejections: [],
  idempotent: false,
})

export const updateProduct = adminRpc('catalog.update', {
  about: 'Changes the fields that are given. A new price holds for orders from then on.',
  input: productChanges.extend(productId.shape),
  output: product,
  rejections: ['not_found'],
  idempotent: true,
})

export const setStock = adminRpc('inventory.set_stock', {
  about: 'Says how many pieces can be ordered now, beside those already reserved.',
  input: z.strictObject({ product_id: id, quantity: z.int().min(0).max(1_000_000_000) }),
  output: z.object({ product_id: id, available: z.int() }),
  rejections: ['not_found'],
  idempotent: true,
})

export const catalogHttp = [
  operation({
    id: 'listProducts',
    method: 'get',
    path: '/api/products',
    about: listProducts.about,
    access: 'public',
    query: search,
    status: 200,
    response: pageOf(offeredProduct),
    problems: [],
  }),
  operation({
    id: 'getProduct',
    method: 'get',
    path: '/api/products/{product_id}',
    about: 'One product with its price, stock and rating.',
    access: 'public',
    params: productId,
    status: 200,
    response: offeredProduct,
    problems: ['not_found'],
  }),
  operation({
    id: 'createProduct',
    method: 'post',
    path: '/api/products',
    about: createProduct.about,
    access: 'admin',
    body: productInput,
    status: 201,
    response: product,
    problems: [],
    rpc: createProduct,
  }),
  operation({
    id: 'updateProduct',
    method: 'patch',
    path: '/api/products/{product_id}',
    about: updateProduct.about,
    access: 'admin',
    params: productId,
    body: productChanges,
    status: 200,
    response: product,
    problems: ['not_found'],
    rpc: updateProduct,
  }),
  operation({
    id: 'setStock',
    method: 'put',
    path: '/api/products/{product_id}/stock',
    about: setStock.about,
    access: 'admin',
    params: productId,
    body: z.strictObject({ quantity: z.int().min(0).max(1_000_000_000) }),
    status: 200,
    response: setStock.output,
    problems: ['not_found'],
    rpc: setStock,
  }),
] as const
