// Every question that the shop asks: its key in the cache, and the call that answers it.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { operations } from '../generated/api.ts'
import { api, dataOf } from './client.ts'
import { isMissing } from './problem.ts'

export type QueryOf<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['query']>
export type OrderFilter = Omit<QueryOf<'listOrders'>, 'cursor' | 'limit'>

/** Reads page after page, by the cursor that each answer gives. */
export const paged = <Item>(
  key: readonly unknown[],
  read: (cursor?: string) => Promise<{ items: Item[]; next_cursor: string | null }>,
) =>
  infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })

/** Profile and wallet appear a moment after the registration: until then they are asked for again. */
const comesSoon = {
  refetchInterval: ({ state }: { state: { error: Error | null } }) => (isMissing(state.error) ? 1000 : false),
} as const

/** What belongs to whoever is signed in lies under this key, and is forgotten with the session. */
export const mine = 'mine'

export const queries = {
  products: (q: string) =>
    paged(['products', q], (cursor) =>
      dataOf(
        api.GET('/api/products', { params: { query: { limit: 24, ...(q && { q }), ...(cursor && { cursor }) } } }),
      ),
    ),
  product: (product_id: string) =>
    queryOptions({
      queryKey: ['product', product_id],
      queryFn: () => dataOf(api.GET('/api/products/{product_id}', { params: { path: { product_id } } })),
    }),
  productReviews: (product_id: string) =>
    paged(['product', product_id, 'reviews'], (cursor) =>
      dataOf(
        api.GET('/api/products/{product_id}/reviews', {
          params: { path: { product_id }, query: { limit: 10, ...(cursor && { cursor }) } },
        }),
      ),
    ),
  profile: () =>
    queryOptions({ queryKey: [mine, 'profile'], queryFn: () => dataOf(api.GET('/api/profile')), ...comesSoon }),
  account: () => queryOptions({ queryKey: [mine, 'account'], queryFn: () => dataOf(api.GET('/api/auth/me')) }),
  balance: () =>
    queryOptions({
      queryKey: [mine, 'wallet', 'balance'],
      queryFn: () => dataOf(api.GET('/api/accounts/balance')),
      ...comesSoon,
    }),
  ledger: () =>
    paged([mine, 'wallet', 'ledger'], (cursor) =>
      dataOf(api.GET('/api/accounts/ledger', { params: { query: { limit: 20, ...(cursor && { cursor }) } } })),
    ),
  orders: (filter: OrderFilter) =>
    paged([mine, 'orders', filter], (cursor) =>
      dataOf(api.GET('/api/orders', { params: { query: { limit: 20, ...filter, ...(cursor && { cursor }) } } })),
    ),
  order: (order_id: string) =>
    queryOptions({
      queryKey: [mine, 'order', order_id],
      queryFn: () => dataOf(api.GET('/api/orders/{order_id}', { params: { path: { order_id } } })),
    }),
  payment: (order_id: string) =>
    queryOptions({
      queryKey: [mine, 'order', order_id, 'payment'],
      queryFn: () => dataOf(api.GET('/api/orders/{order_id}/payment', { params: { path: { order_id } } })),
    }),
  delivery: (order_id: string) =>
    queryOptions({
      queryKey: [mine, 'order', order_id, 'delivery'],
      queryFn: () => dataOf(api.GET('/api/orders/{order_id}/delivery', { params: { path: { order_id } } })),
    }),
  reviews: () =>
    paged([mine, 'reviews'], (cursor) =>
      dataOf(api.GET('/api/reviews', { params: { query: { limit: 20, ...(cursor && { cursor }) } } })),
    ),
  awaitedReviews: () =>
    paged([mine, 'reviews', 'awaited'], (cursor) =>
      dataOf(api.GET('/api/reviews/awaited', { params: { query: { limit: 20, ...(cursor && { cursor }) } } })),
    ),
}
