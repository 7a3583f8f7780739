// Where an order stands, and what it is about.
import { Link } from 'react-router'
import type { Order, Saga } from '../../generated/api.ts'
import { useFormat } from '../../text/preferences.ts'
import { Badge, type Tone } from '../../ui/notice.tsx'
import piece from '../piece.module.css'
import { Facts, Moment } from '../piece.tsx'
import { useWords } from '../words.ts'

const tones: Record<Saga['status'], Tone> = {
  RUNNING: 'brand',
  COMPENSATING: 'warn',
  COMPLETED: 'good',
  CANCELLED: 'bad',
}

export const OrderState = ({ order, saga }: { order: Order; saga: Saga | undefined }) => {
  const { orders } = useWords()
  const { money } = useFormat()
  const reason = order.reason ?? saga?.reason
  return (
    <Facts
      facts={[
        [orders.status, saga && <SagaStatus key="saga" status={saga.status} />],
        [orders.reason, reason && <span className={piece.mono}>{reason}</span>],
        [orders.placed, <Moment key="placed" at={order.created_at} />],
        [orders.total, money(order.total)],
        [
          orders.customer,
          <Link key="customer" to={`/operations/audit?user_id=${order.user_id}`} className={piece.mono}>
            {order.user_id}
          </Link>,
        ],
        [orders.address, order.delivery_address],
      ]}
    />
  )
}

const SagaStatus = ({ status }: Pick<Saga, 'status'>) => {
  const { orders } = useWords()
  return <Badge tone={tones[status]}>{orders.sagaStatus[status]}</Badge>
}
