// Reviews: what was received and not reviewed yet, and what was said.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { queries } from '../api/queries.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
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

const Awaited = () => {
  const text = useText()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    queries.awaitedReviews(),
  )
  const awaited = data?.pages.flatMap(({ items }) => items)
  return (
    <Card title={text.reviews.awaiting}>
      {error && <Problem error={error} retry={refetch} />}
      {!awaited && !error && <Skeleton />}
      {awaited?.length === 0 && <p className={style.soft}>{text.reviews.nothingAwaiting}</p>}
      <ul className={style.list}>
        {awaited?.map(({ product_id }) => (
          <li key={product_id} className={style.review}>
            <h3>
              <ProductName product_id={product_id} />
            </h3>
            <ReviewForm product_id={product_id} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button look="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {text.more}
        </Button>
      )}
    </Card>
  )
}

const Mine = () => {
  const text = useText()
  const { dateTime } = useFormat()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(queries.reviews())
  const reviews = data?.pages.flatMap(({ items }) => items)
  return (
    <Card title={text.reviews.mine}>
      {error && <Problem error={error} retry={refetch} />}
      {!reviews && !error && <Skeleton count={2} />}
      {reviews?.length === 0 && (
        <Empty title={text.reviews.empty} text={text.reviews.emptyText}>
          <ButtonLink to="/orders" look="quiet">
            {text.nav.orders}
          </ButtonLink>
        </Empty>
      )}
      <ul className={style.list}>
        {reviews?.map(({ review_id, product_id, rating, text: words, created_at }) => (
          <li key={review_id} className={style.review}>
            <h3>
              <ProductName product_id={product_id} />
            </h3>
            <Stars average={rating} />
            {words && <p className={style.words}>{words}</p>}
            <time className={style.soft} dateTime={created_at}>
              {dateTime(created_at)}
            </time>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button look="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {text.more}
        </Button>
      )}
    </Card>
  )
}

const ProductName = ({ product_id }: { product_id: string }) => {
  const { data } = useQuery(queries.product(product_id))
  return <Link to={`/products/${product_id}`}>{data?.name ?? '…'}</Link>
}
