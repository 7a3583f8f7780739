// One order, followed live: how far it is, what each service did and when, and what its customer can do about it.
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { useOrderFeed } from '../api/order-feed.ts'
import { isMissing } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import type { Order } from '../generated/api.ts'
import { NotFound } from '../layout/not-found.tsx'
import { useText } from '../text/preferences.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Badge, Notice, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { CancelOrder } from './cancel-order.tsx'
import { OrderFacts } from './order-facts.tsx'
import { OrderLines } from './order-lines.tsx'
import style from './order-page.module.css'
import { OrderProgress } from './order-progress.tsx'
import { OrderStatus, shortId } from './order-status.tsx'
import { OrderTimeline } from './order-timeline.tsx'

export default function OrderPage() {
  const { orderId = '' } = useParams()
  const { order: words } = useText()
  const { data: order, error, refetch } = useQuery(queries.order(orderId))
  if (isMissing(error)) return <NotFound />
  return (
    <Page title={words.title(shortId(orderId))} actions={order && <OrderStatus status={order.status} />}>
      {error && !order && <Problem error={error} retry={refetch} />}
      {!order && !error && <Skeleton count={3} height={8} />}
      {order && <Followed key={orderId} order={order} />}
    </Page>
  )
}

const Followed = ({ order }: { order: Order }) => {
  const { order: words, reason } = useText()
  const { events, connection } = useOrderFeed(order.order_id)
  const final = order.status === 'COMPLETED' || order.status === 'CANCELLED'
  return (
    <div className={style.columns}>
      <div className={style.column}>
        <Card title={words.progress}>
          {order.status === 'CANCELLED' ? (
            <Notice tone="bad">
              <p>
                {words.cancelled} {order.reason && reason[order.reason]}
              </p>
            </Notice>
          ) : (
            <OrderProgress status={order.status} />
          )}
          {order.status === 'COMPLETED' && (
            <ButtonLink to={`/reviews?order=${order.order_id}`} look="quiet">
              {words.review}
            </ButtonLink>
          )}
          <CancelOrder order={order} />
        </Card>
        <Card title={words.timeline}>
          <Connection state={final ? 'ended' : connection} />
          <OrderTimeline events={events} />
        </Card>
      </div>
      <div className={style.column}>
        <Card title={words.items}>
          <OrderLines lines={order.items} total={order.total} />
        </Card>
        <OrderFacts order={order} events={events} />
      </div>
    </div>
  )
}

const Connection = ({ state }: { state: ReturnType<typeof useOrderFeed>['connection'] }) => {
  const { order } = useText()
  if (state === 'ended') return <Badge>{order.ended}</Badge>
  return state === 'live' ? (
    <Badge tone="good">
      <span className={style.live} />
      {order.live}
    </Badge>
  ) : (
    <Badge tone="warn">{order.reconnecting}</Badge>
  )
}
