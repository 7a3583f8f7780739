// What each service did for an order, and when; the newest first, each as it arrives.
import type { OrderEvent } from '../api/order-feed.ts'
import type { Delivery } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Skeleton } from '../ui/notice.tsx'
import style from './order-page.module.css'

export const OrderTimeline = ({ events }: { events: readonly OrderEvent[] }) => {
  if (events.length === 0) return <Skeleton count={2} height={2} />
  return (
    <ol className={style.timeline} aria-live="polite" reversed>
      {events.toReversed().map((event) => (
        <li key={event.event_id} className={style.event}>
          <Event event={event} />
        </li>
      ))}
    </ol>
  )
}

const Event = ({ event: { type, at, detail } }: { event: OrderEvent }) => {
  const { order, deliveryStatus, reason } = useText()
  const { time } = useFormat()
  const moved =
    type === 'delivery_status_updated' ? deliveryStatus[detail.delivery_status as Delivery['status']] : undefined
  const why = typeof detail.reason === 'string' ? reason[detail.reason as keyof typeof reason] : undefined
  const [service = ''] = type.split('_')
  return (
    <>
      <time dateTime={at}>{time(at)}</time>
      <div>
        <p>{moved ?? order.events[type] ?? type}</p>
        <p className={style.by}>{[order.services[service], why, detail.note].filter(Boolean).join(' · ')}</p>
      </div>
    </>
  )
}
