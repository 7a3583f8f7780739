// What somebody wants to order, kept on this device until it is ordered. Prices are those that were seen; the catalog's hold.
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import type { Money, OfferedProduct } from '../generated/api.ts'

export type CartLine = {
  readonly product_id: string
  readonly name: string
  readonly price: Money
  readonly quantity: number
}

type Cart = { readonly lines: readonly CartLine[] }

/** The API takes up to so many of one product, and so many products, in an order. */
export const mostOfOne = 1000
const mostLines = 50

export const useCart = create<Cart>()(persist((): Cart => ({ lines: [] }), { name: 'df.cart', version: 1 }))

export const countOf = ({ lines }: Cart): number => lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Adds pieces of a product at its present price; true unless the cart holds too many products already. */
export const addToCart = ({ product_id, name, price }: OfferedProduct, pieces = 1): boolean => {
  const { lines } = useCart.getState()
  const present = lines.find((line) => line.product_id === product_id)
  if (!present && lines.length === mostLines) return false
  const quantity = Math.min(mostOfOne, (present?.quantity ?? 0) + pieces)
  const line = { product_id, name, price, quantity }
  useCart.setState({
    lines: present ? lines.map((other) => (other === present ? line : other)) : [...lines, line],
  })
  return true
}

export const setQuantity = (product_id: string, quantity: number): void => {
  useCart.setState(({ lines }) => ({
    lines: lines.map((line) => (line.product_id === product_id ? { ...line, quantity } : line)),
  }))
}

export const removeFromCart = (product_id: string): void => {
  useCart.setState(({ lines }) => ({ lines: lines.filter((line) => line.product_id !== product_id) }))
}

export const emptyCart = (): void => {
  useCart.setState({ lines: [] })
}

/** Takes the prices of today over: what was seen is what will be asked for. */
export const takePrices = (products: readonly OfferedProduct[]): void => {
  const prices = new Map(products.map(({ product_id, price }) => [product_id, price]))
  useCart.setState(({ lines }) => ({
    lines: lines.map((line) => ({ ...line, price: prices.get(line.product_id) ?? line.price })),
  }))
}
