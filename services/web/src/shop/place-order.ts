// Placing the order of the cart, once, however often the network fails on the way.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useNavigate } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { ApiProblem, mayHeal } from '../api/problem.ts'
import { mine, queries } from '../api/queries.ts'
import { emptyCart, takePrices } from './cart.ts'
import type { CheckedCart } from './cart-check.ts'

/**
 * Asks for the lines at the prices shown. A try that got no answer is made again under the same Idempotency-Key, so it orders once; what
 * was refused begins anew. A price that changed meanwhile is taken over into the cart, to be looked at.
 */
export const usePlaceOrder = ({ lines }: CheckedCart) => {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const key = useRef(crypto.randomUUID())
  return useMutation({
    mutationFn: ({ address, keep }: { address: string; keep: boolean }) =>
      dataOf(
        api.POST('/api/orders', {
          params: { header: { 'Idempotency-Key': key.current } },
          body: {
            delivery_address: address,
            items: lines.map(({ product_id, quantity, price }) => ({ product_id, quantity, price: price.amount })),
          },
        }),
      ).then(async (order) => {
        // The order stands whether or not the address is kept.
        if (keep) await api.PUT('/api/profile', { body: { address } }).catch(() => undefined)
        return order
      }),
    retry: (failures, error) => failures < 3 && mayHeal(error),
    onSuccess: (order) => {
      cache.setQueryData(queries.order(order.order_id).queryKey, order)
      void cache.invalidateQueries({ queryKey: [mine, 'orders'] })
      void cache.invalidateQueries({ queryKey: [mine, 'profile'] })
      void navigate(`/orders/${order.order_id}`, { replace: true })
      emptyCart()
    },
    onError: async (error) => {
      if (!(error instanceof ApiProblem)) return
      key.current = crypto.randomUUID()
      if (error.code !== 'price_changed' && error.code !== 'unknown_product') return
      const products = await Promise.all(
        lines.map(({ product_id }) =>
          cache.fetchQuery({ ...queries.product(product_id), staleTime: 0 }).catch(() => null),
        ),
      )
      takePrices(products.filter((product) => product !== null))
    },
  })
}
