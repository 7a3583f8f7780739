// Checking out: where to, from which money, and the order itself.
import { useQuery } from '@tanstack/react-query'
import { Navigate } from 'react-router'
import { isMissing } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import type { Money } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Notice, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { type CheckedCart, useCheckedCart } from './cart-check.ts'
import style from './checkout-page.module.css'
import { OrderLines } from './order-lines.tsx'
import { usePlaceOrder } from './place-order.ts'

export default function CheckoutPage() {
  const { checkout } = useText()
  const cart = useCheckedCart()
  const place = usePlaceOrder(cart)
  const profile = useQuery(queries.profile())
  const known = profile.data || profile.error
  if (cart.lines.length === 0 && place.isIdle) return <Navigate to="/cart" replace />
  return (
    <Page title={checkout.title}>
      {cart.error != null && <Problem error={cart.error} retry={cart.retry} />}
      {known ? <Columns cart={cart} place={place} address={profile.data?.address ?? ''} /> : <Skeleton count={3} />}
    </Page>
  )
}

type Placing = ReturnType<typeof usePlaceOrder>

const Columns = ({ cart, place, address }: { cart: CheckedCart; place: Placing; address: string }) => {
  const { checkout, cart: words } = useText()
  const { money } = useFormat()
  const { lines, total, orderable } = cart
  const wallet = useWallet(total)
  return (
    <Form<{ address: string; keep?: string }>
      error={place.error}
      onValues={(values) => !place.isPending && place.mutate({ address: values.address, keep: values.keep === 'on' })}
    >
      <div className={style.columns}>
        <div className={style.left}>
          <Card title={checkout.whereTo}>
            <Field
              name="address"
              label={checkout.address}
              hint={checkout.addressHint}
              autoComplete="street-address"
              defaultValue={address}
              minLength={3}
              maxLength={500}
              required
            />
            <label className={style.keep}>
              <input type="checkbox" name="keep" defaultChecked={address === ''} />
              {checkout.keepAddress}
            </label>
          </Card>
          <Card title={checkout.payment}>
            <Wallet {...wallet} />
          </Card>
        </div>
        <Card title={checkout.summary}>
          <OrderLines lines={lines} total={total} />
          {orderable && total && wallet.state === 'enough' ? (
            <Button type="submit" size="wide" busy={place.isPending}>
              {place.isPending ? checkout.ordering : checkout.order(money(total))}
            </Button>
          ) : (
            !orderable && <ButtonLink to="/cart">{words.title}</ButtonLink>
          )}
        </Card>
      </div>
    </Form>
  )
}

type WalletState =
  | { state: 'asking' | 'opening' }
  | { state: 'enough'; balance: Money }
  | { state: 'short'; balance: Money; missing: Money }
  | { state: 'failed'; error: unknown; retry(): void }

const useWallet = (total: Money | null): WalletState => {
  const { data, error, refetch } = useQuery(queries.balance())
  if (isMissing(error)) return { state: 'opening' }
  if (error && !data) return { state: 'failed', error, retry: refetch }
  if (!data) return { state: 'asking' }
  const balance = { amount: data.balance, currency: data.currency }
  const missing = total === null ? 0 : total.amount - data.balance
  return missing > 0
    ? { state: 'short', balance, missing: { amount: missing, currency: data.currency } }
    : { state: 'enough', balance }
}

const Wallet = (wallet: WalletState) => {
  const { checkout } = useText()
  const { money } = useFormat()
  switch (wallet.state) {
    case 'asking':
      return <Skeleton height={2} />
    case 'opening':
      return <Notice>{checkout.opening}</Notice>
    case 'failed':
      return <Problem error={wallet.error} retry={wallet.retry} />
    case 'enough':
      return (
        <p>
          {checkout.wallet} · {checkout.balance(money(wallet.balance))}
        </p>
      )
    case 'short':
      return (
        <>
          <p>
            {checkout.wallet} · {checkout.balance(money(wallet.balance))}
          </p>
          <Notice tone="warn">
            <p>{checkout.missing(money(wallet.missing))}</p>
            <ButtonLink to={`/wallet?add=${wallet.missing.amount}&next=/checkout`} size="small">
              {checkout.addMoney(money(wallet.missing))}
            </ButtonLink>
          </Notice>
        </>
      )
    default:
      return wallet satisfies never
  }
}
