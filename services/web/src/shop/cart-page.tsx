// The cart: what is in it at the prices of today, and what stands in the way of ordering it.
import { Trash2 } from 'lucide-react'
import { Link } from 'react-router'
import { useFormat, useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { removeFromCart, setQuantity } from './cart.ts'
import { type CheckedLine, useCheckedCart } from './cart-check.ts'
import style from './cart-page.module.css'
import { Quantity } from './quantity.tsx'
import { Tile } from './tile.tsx'

export default function CartPage() {
  const text = useText()
  const { cart } = text
  const { money } = useFormat()
  const { lines, total, orderable, error, retry } = useCheckedCart()
  if (lines.length === 0) {
    return (
      <Page title={cart.title} width="medium">
        <Empty title={cart.empty} text={cart.emptyText}>
          <ButtonLink to="/">{cart.toShop}</ButtonLink>
        </Empty>
      </Page>
    )
  }
  return (
    <Page title={cart.title} width="medium">
      {error != null && <Problem error={error} retry={retry} />}
      {lines.some(({ price_was }) => price_was) && <Notice tone="warn">{cart.pricesChanged}</Notice>}
      {total === null && <Notice tone="warn">{text.problem.codes.mixed_currencies}</Notice>}
      <Card>
        <ul className={style.lines}>
          {lines.map((line) => (
            <li key={line.product_id} className={style.line}>
              <Line line={line} />
            </li>
          ))}
        </ul>
        {total && (
          <p className={style.total}>
            <span>{cart.total}</span>
            <span>{money(total)}</span>
          </p>
        )}
        {orderable && total && (
          <ButtonLink to="/checkout" size="wide">
            {cart.checkout}
          </ButtonLink>
        )}
      </Card>
    </Page>
  )
}

const Line = ({ line }: { line: CheckedLine }) => {
  const { cart } = useText()
  const { money } = useFormat()
  const { product_id, name, price, price_was, quantity, obstacle } = line
  return (
    <>
      <Tile product_id={product_id} name={name} size="line" />
      <div className={style.what}>
        <Link to={`/products/${product_id}`}>{name}</Link>
        <span className={style.each}>
          {money(price)} {price_was && <s>{cart.priceWas(money(price_was))}</s>}
        </span>
        {obstacle !== null && (
          <span className={style.obstacle}>{obstacle === 'gone' ? cart.gone : cart.notEnough(obstacle)}</span>
        )}
      </div>
      <Quantity label={name} value={quantity} onChange={(next) => setQuantity(product_id, next)} />
      <span className={style.sum}>{money({ ...price, amount: price.amount * quantity })}</span>
      <Button look="plain" size="icon" aria-label={cart.remove(name)} onClick={() => removeFromCart(product_id)}>
        <Trash2 size={20} aria-hidden="true" />
      </Button>
    </>
  )
}
