// The orders of a customer, newest first, by status and day.
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'
import { type OrderFilter, queries } from '../api/queries.ts'
import type { Order } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { ButtonLink } from '../ui/button.tsx'
import field from '../ui/field.module.css'
import { Choice } from '../ui/form.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { Pages } from '../ui/pages.tsx'
import { OrderStatus, shortId } from './order-status.tsx'
import style from './orders-page.module.css'

const statuses = [
  'PENDING',
  'RESERVED',
  'PAID',
  'IN_DELIVERY',
  'COMPLETED',
  'CANCELLED',
] as const satisfies Order['status'][]

const isDay = (day: string | null): day is string => day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day)

/** The filter of an address; what it holds of nonsense is left out. Days are those of the reader's clock. */
const filterOf = (search: URLSearchParams): OrderFilter => {
  const status = statuses.find((known) => known === search.get('status'))
  const [from, to] = [search.get('from'), search.get('to')]
  return {
    ...(status && { status }),
    ...(isDay(from) && { from: new Date(`${from}T00:00:00`).toISOString() }),
    ...(isDay(to) && { to: new Date(`${to}T23:59:59.999`).toISOString() }),
  }
}

export default function OrdersPage() {
  const { orders } = useText()
  const [search] = useSearchParams()
  const filter = filterOf(search)
  const found = useInfiniteQuery(queries.orders(filter))
  const filtered = Object.keys(filter).length > 0
  const some = found.data?.pages.some(({ items }) => items.length > 0)
  return (
    <Page title={orders.title} width="medium">
      {(filtered || some) && <Filters />}
      <Pages to={found} outline={{ count: 4, height: 5 }} empty={<NoOrders filtered={filtered} />}>
        {(items) => (
          <ul className={style.orders}>
            {items.map((order) => (
              <li key={order.order_id} className={style.order}>
                <OrderLine order={order} />
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </Page>
  )
}

const NoOrders = ({ filtered }: { filtered: boolean }) => {
  const { orders, cart } = useText()
  return filtered ? (
    <Empty title={orders.noneMatch} text={orders.noneMatchText}>
      <ButtonLink to="/orders">{orders.clear}</ButtonLink>
    </Empty>
  ) : (
    <Empty title={orders.empty} text={orders.emptyText}>
      <ButtonLink to="/">{cart.toShop}</ButtonLink>
    </Empty>
  )
}

const Filters = () => {
  const { orders, status } = useText()
  const [search, setSearch] = useSearchParams()
  const set = (name: string, value: string) =>
    setSearch(
      (present) => {
        if (value === '') present.delete(name)
        else present.set(name, value)
        return present
      },
      { replace: true },
    )
  return (
    <div className={style.filters}>
      <Choice
        label={orders.status}
        value={search.get('status') ?? ''}
        onChange={({ target }) => set('status', target.value)}
        options={[['', orders.anyStatus], ...statuses.map((name) => [name, status[name]] as const)]}
      />
      {(['from', 'to'] as const).map((name) => (
        <label key={name} className={field.field}>
          <span className={field.label}>{orders[name]}</span>
          <input
            type="date"
            className={field.control}
            value={search.get(name) ?? ''}
            onChange={({ target }) => set(name, target.value)}
          />
        </label>
      ))}
    </div>
  )
}

const OrderLine = ({ order: { order_id, items, total, status, created_at } }: { order: Order }) => {
  const { orders } = useText()
  const { money, dateTime } = useFormat()
  return (
    <>
      <Link to={`/orders/${order_id}`} className={style.link}>
        {orders.and(items[0]?.name ?? orders.of(shortId(order_id)), items.length - 1)}
      </Link>
      <span className={style.sum}>{money(total)}</span>
      <span className={style.soft}>
        {dateTime(created_at)} · {shortId(order_id)}
      </span>
      <span className={style.right}>
        <OrderStatus status={status} />
      </span>
    </>
  )
}
