// One product: what it is, whether it can be had, and what others say of it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { isMissing } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import type { OfferedProduct } from '../generated/api.ts'
import { NotFound } from '../layout/not-found.tsx'
import { useFormat, useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Pages } from '../ui/pages.tsx'
import { Problem } from '../ui/problem.tsx'
import { Stars } from '../ui/stars.tsx'
import { toast } from '../ui/toasts.tsx'
import { addToCart } from './cart.ts'
import style from './product-page.module.css'
import { Quantity } from './quantity.tsx'
import { isOrderable, Stock } from './stock.tsx'
import { Tile } from './tile.tsx'

export default function ProductPage() {
  const { productId = '' } = useParams()
  const { shop } = useText()
  const { data: product, error, refetch } = useQuery(queries.product(productId))
  if (isMissing(error)) return <NotFound />
  return (
    <Page title={product?.name ?? '…'} lead={<Link to="/">{shop.back}</Link>}>
      {error && !product && <Problem error={error} retry={refetch} />}
      {!product && !error && <Skeleton count={2} height={12} />}
      {product && (
        <>
          <Facts product={product} />
          <Reviews product_id={productId} />
        </>
      )}
    </Page>
  )
}

const Facts = ({ product }: { product: OfferedProduct }) => {
  const { shop } = useText()
  const { money } = useFormat()
  const [quantity, setQuantity] = useState(1)
  const { product_id, name, description, price, rating } = product
  return (
    <div className={style.product}>
      <Tile product_id={product_id} name={name} />
      <div className={style.facts}>
        <Stars {...rating} />
        <p className={style.price}>{money(price)}</p>
        <Stock product={product} />
        <p className={style.words}>{description}</p>
        {isOrderable(product) && (
          <div className={style.buy}>
            <Quantity label={name} value={quantity} onChange={setQuantity} />
            <Button onClick={() => addToCart(product, quantity) && toast(shop.added(name))}>{shop.add}</Button>
          </div>
        )}
      </div>
    </div>
  )
}

const Reviews = ({ product_id }: { product_id: string }) => {
  const { shop } = useText()
  const { dateTime } = useFormat()
  const reviews = useInfiniteQuery(queries.productReviews(product_id))
  return (
    <Card title={shop.reviews}>
      <Pages to={reviews} outline={{ count: 2 }} empty={<Empty title={shop.noReviews} text={shop.noReviewsText} />}>
        {(items) => (
          <ul className={style.reviews}>
            {items.map(({ review_id, rating, text, created_at }) => (
              <li key={review_id} className={style.review}>
                <Stars average={rating} />
                {text && <p className={style.words}>{text}</p>}
                <time dateTime={created_at}>{dateTime(created_at)}</time>
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  )
}
