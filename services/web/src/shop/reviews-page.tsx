// Reviews: what was received and not reviewed yet, and what was said.
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { queries } from '../api/queries.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Pages } from '../ui/pages.tsx'
import { Stars } from '../ui/stars.tsx'
import { ReviewForm } from './review-form.tsx'
import style from './reviews-page.module.css'

export default function ReviewsPage() {
  const { reviews } = useText()
  return (
    <Page title={reviews.title} width="medium">
      <Awaited />
      <Mine />
    </Page>
  )
}

type ReviewPages = InfiniteData<{ items: { product_id: string }[] }> | undefined

const productsOn = (read: ReviewPages) =>
  read?.pages.flatMap(({ items }) => items.map(({ product_id }) => product_id)) ?? []

/** Milliseconds in which what an order brought must have come to the reviews. */
const patience = 60_000

/** Whether what the order brought that led here is still to come: reviews hear of it after its customer does. */
const useComing = () => {
  const [search] = useSearchParams()
  const order_id = search.get('order')
  const { data: order } = useQuery({ ...queries.order(order_id ?? ''), enabled: order_id !== null })
  const { data: mine } = useInfiniteQuery(queries.reviews())
  return (awaited: ReviewPages) => {
    const known = new Set([...productsOn(awaited), ...productsOn(mine)])
    return order?.items.some(({ product_id }) => !known.has(product_id)) ?? false
  }
}

const Awaited = () => {
  const { reviews } = useText()
  const [since] = useState(Date.now)
  const isComing = useComing()
  const awaited = useInfiniteQuery({
    ...queries.awaitedReviews(),
    refetchInterval: ({ state }) => (isComing(state.data) && Date.now() < since + patience ? 1000 : false),
  })
  const none = isComing(awaited.data) ? reviews.coming : reviews.nothingAwaiting
  return (
    <Card title={reviews.awaiting}>
      <Pages to={awaited} empty={<p className={style.soft}>{none}</p>}>
        {(items) => (
          <ul className={style.list}>
            {items.map(({ product_id }) => (
              <li key={product_id} className={style.review}>
                <h3>
                  <ProductName product_id={product_id} />
                </h3>
                <ReviewForm product_id={product_id} />
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  )
}

const Mine = () => {
  const { reviews, nav } = useText()
  const { dateTime } = useFormat()
  const mine = useInfiniteQuery(queries.reviews())
  const none = (
    <Empty title={reviews.empty} text={reviews.emptyText}>
      <ButtonLink to="/orders" look="quiet">
        {nav.orders}
      </ButtonLink>
    </Empty>
  )
  return (
    <Card title={reviews.mine}>
      <Pages to={mine} outline={{ count: 2 }} empty={none}>
        {(items) => (
          <ul className={style.list}>
            {items.map(({ review_id, product_id, rating, text, created_at }) => (
              <li key={review_id} className={style.review}>
                <h3>
                  <ProductName product_id={product_id} />
                </h3>
                <Stars average={rating} />
                {text && <p className={style.words}>{text}</p>}
                <time className={style.soft} dateTime={created_at}>
                  {dateTime(created_at)}
                </time>
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  )
}

const ProductName = ({ product_id }: { product_id: string }) => {
  const { data } = useQuery(queries.product(product_id))
  return <Link to={`/products/${product_id}`}>{data?.name ?? '…'}</Link>
}
