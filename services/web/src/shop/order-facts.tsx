// Where an order goes, who brings it, and what became of the money.
import { useQuery } from '@tanstack/react-query'
import type { OrderEvent } from '../api/order-feed.ts'
import { queries } from '../api/queries.ts'
import type { Order, Payment } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Card } from '../ui/page.tsx'
import style from './order-page.module.css'

export const OrderFacts = ({ order, events }: { order: Order; events: readonly OrderEvent[] }) => {
  const { order: words, deliveryStatus } = useText()
  const { dateTime } = useFormat()
  // Neither exists from the beginning: they are asked for once something was heard of them.
  const heard = (kind: string) => events.some(({ type }) => type.startsWith(kind))
  const { data: delivery } = useQuery({ ...queries.delivery(order.order_id), enabled: heard('delivery_') })
  const { data: payment } = useQuery({ ...queries.payment(order.order_id), enabled: heard('payment_') })
  return (
    <Card title={words.delivery}>
      <dl className={style.facts}>
        <div>
          <dt>{words.to}</dt>
          <dd>{order.delivery_address}</dd>
        </div>
        {delivery && (
          <div>
            <dt>{words.delivery}</dt>
            <dd>{deliveryStatus[delivery.status]}</dd>
          </div>
        )}
        {delivery?.courier && (
          <div>
            <dt>{words.courier}</dt>
            <dd>{delivery.courier.name}</dd>
          </div>
        )}
        <div>
          <dt>{words.payment}</dt>
          <dd>
            <PaymentWords payment={payment} open={order.status !== 'CANCELLED' || heard('payment_captured')} />
          </dd>
        </div>
        <div>
          <dt>{words.title(order.order_id)}</dt>
          <dd>{dateTime(order.created_at)}</dd>
        </div>
      </dl>
    </Card>
  )
}

/** `open`: whether a payment that is not known may be there, or may come. */
const PaymentWords = ({ payment, open }: { payment: Payment | undefined; open: boolean }) => {
  const { order } = useText()
  const { money } = useFormat()
  if (!payment) return open ? order.waitingPayment : order.notCharged
  if (payment.status === 'CAPTURED' && payment.amount) return order.charged(money(payment.amount))
  if (payment.status === 'REFUNDED' && payment.amount) return order.refunded(money(payment.amount))
  return order.notCharged
}
