// What an order is made of: each product with its sum, and what all of it costs.
import type { Money } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import style from './order-lines.module.css'

type Line = { readonly product_id: string; readonly name: string; readonly quantity: number; readonly price: Money }

/** `total` is null as long as it is not known. */
export const OrderLines = ({ lines, total }: { lines: readonly Line[]; total: Money | null }) => {
  const { cart } = useText()
  const { money } = useFormat()
  return (
    <>
      <ul className={style.lines}>
        {lines.map(({ product_id, name, quantity, price }) => (
          <li key={product_id} className={style.line}>
            <span>
              {quantity} × {name}
            </span>
            <span>{money({ ...price, amount: price.amount * quantity })}</span>
          </li>
        ))}
      </ul>
      {total && (
        <p className={style.total}>
          <span>{cart.total}</span>
          <span>{money(total)}</span>
        </p>
      )}
    </>
  )
}
