// The cart held against what the catalog offers now: what each line costs, and what stands in the way of ordering it.
import { useQueries } from '@tanstack/react-query'
import { isMissing } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import type { Money, OfferedProduct } from '../generated/api.ts'
import { type CartLine, useCart } from './cart.ts'

export type CheckedLine = CartLine & {
  /** Undefined while the catalog was not heard. */
  product: OfferedProduct | undefined
  price_was: Money | null
  /** `gone`: no longer offered; a number: so many are left, and more are wanted. */
  obstacle: 'gone' | number | null
}

export type CheckedCart = {
  lines: readonly CheckedLine[]
  /** Null when the lines have several currencies. */
  total: Money | null
  orderable: boolean
  error: unknown
  retry(): void
}

/** Looks each product up again, so that nobody learns only from the order that a price has changed or the stock is out. */
export const useCheckedCart = (): CheckedCart => {
  const { lines } = useCart()
  const answers = useQueries({ queries: lines.map(({ product_id }) => queries.product(product_id)) })
  const checked = lines.map((line, index) => checkedLine(line, answers[index]?.data, answers[index]?.error))
  const failed = answers.find(({ error }) => error && !isMissing(error))
  return {
    lines: checked,
    total: totalOf(checked),
    orderable: checked.length > 0 && checked.every(({ product, obstacle }) => product && obstacle === null),
    error: failed?.error,
    retry: () => void Promise.all(answers.filter(({ error }) => error).map(({ refetch }) => refetch())),
  }
}

const checkedLine = (line: CartLine, product: OfferedProduct | undefined, error: unknown): CheckedLine => {
  const gone = isMissing(error) || product?.active === false
  const stock = product?.stock ?? null
  const changed = product !== undefined && product.price.amount !== line.price.amount
  return {
    ...line,
    name: product?.name ?? line.name,
    price: product?.price ?? line.price,
    product,
    price_was: changed ? line.price : null,
    obstacle: gone ? 'gone' : stock !== null && stock < line.quantity ? stock : null,
  }
}

const totalOf = (lines: readonly CheckedLine[]): Money | null => {
  const [first] = lines
  if (!first || lines.some(({ price }) => price.currency !== first.price.currency)) return null
  return {
    amount: lines.reduce((sum, { price, quantity }) => sum + price.amount * quantity, 0),
    currency: first.price.currency,
  }
}
