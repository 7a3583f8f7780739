// Whether a product can be had, in a word.
import type { OfferedProduct } from '../generated/api.ts'
import { useText } from '../text/preferences.ts'
import { Badge } from '../ui/notice.tsx'

const few = 5

export const isOrderable = ({ active, stock }: OfferedProduct): boolean => active && stock !== 0

export const Stock = ({ product: { active, stock } }: { product: OfferedProduct }) => {
  const { shop } = useText()
  if (!active) return <Badge tone="bad">{shop.withdrawn}</Badge>
  if (stock === null) return <Badge>{shop.stockUnknown}</Badge>
  if (stock === 0) return <Badge tone="bad">{shop.soldOut}</Badge>
  return stock <= few ? <Badge tone="warn">{shop.fewLeft(stock)}</Badge> : <Badge tone="good">{shop.inStock}</Badge>
}
