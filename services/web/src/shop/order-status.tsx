// The status of an order as a label.
import type { Order } from '../generated/api.ts'
import { useText } from '../text/preferences.ts'
import { Badge, type Tone } from '../ui/notice.tsx'

const tones: Record<Order['status'], Tone> = {
  PENDING: 'plain',
  RESERVED: 'brand',
  PAID: 'brand',
  IN_DELIVERY: 'brand',
  COMPLETED: 'good',
  CANCELLED: 'bad',
}

export const OrderStatus = ({ status }: { status: Order['status'] }) => {
  const { status: words } = useText()
  return <Badge tone={tones[status]}>{words[status]}</Badge>
}

/** Ids are long; their end tells orders apart as well, for its bits are random (RFC 9562, 5.7). */
export const shortId = (id: string): string => id.slice(-8)
