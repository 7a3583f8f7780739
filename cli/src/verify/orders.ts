// What the services hold of one order, and where they disagree. Pure.
import type { OrderStatus } from '@deliveryflow/contracts'

/** Null where a service holds nothing of it. `entries`, `events`: lines of its timeline, events of its journey in the history. */
export type Held = {
  order_id: string
  status: OrderStatus
  total: number
  saga: { status: string; deadline_at: Date | null } | null
  payment: { status: string; amount: number | null } | null
  reservation: string | null
  delivery: string | null
  listed: string | null
  entries: number
  events: number
}

/** Something that does not fit, in a sentence, and the command that helps. */
export type Disagreement = { order_id: string; what: string; next: string }

type Expected = { [Part in 'saga' | 'payment' | 'reservation' | 'delivery' | 'listed']: readonly (string | null)[] }

/** What each service may hold of an order that is final. Null: nothing. */
const expected: Record<'COMPLETED' | 'CANCELLED', Expected> = {
  COMPLETED: {
    saga: ['COMPLETED'],
    payment: ['CAPTURED'],
    reservation: ['RESERVED'],
    delivery: ['DELIVERED'],
    listed: ['COMPLETED'],
  },
  CANCELLED: {
    saga: ['CANCELLED'],
    payment: [null, 'FAILED', 'REFUNDED', 'VOIDED'],
    reservation: [null, 'REJECTED', 'RELEASED', 'VOIDED'],
    delivery: [null, 'CANCELLED', 'FAILED'],
    listed: ['CANCELLED'],
  },
}

/** Every disagreement about an order. One that is not final is in order while its saga waits for something with a deadline to come. */
export const disagreements = (held: Held, now: Date): Disagreement[] => {
  const { order_id, status, saga, payment, entries, events } = held
  const retry = `dfctl order retry ${order_id} --reason …`
  const found = (what: string, next = retry): Disagreement => ({ order_id, what, next })
  if (status !== 'COMPLETED' && status !== 'CANCELLED') {
    if (!saga) return [found(`it is ${status}, and no saga has heard of it`)]
    if (saga.deadline_at === null && saga.status !== 'RUNNING')
      return [found(`it is ${status}, its saga ${saga.status}`)]
    if (saga.deadline_at !== null && saga.deadline_at < now)
      return [
        found(
          `it is ${status}, and its saga is overdue since ${saga.deadline_at.toISOString()}`,
          `dfctl order trace ${order_id}`,
        ),
      ]
    return []
  }
  const parts: Record<keyof Expected, string | null> = {
    saga: saga?.status ?? null,
    payment: payment?.status ?? null,
    reservation: held.reservation,
    delivery: held.delivery,
    listed: held.listed,
  }
  return [
    ...(Object.keys(parts) as (keyof Expected)[])
      .filter((part) => !expected[status][part].includes(parts[part]))
      .map((part) => found(`it is ${status}, its ${names[part]} ${parts[part] ?? 'nowhere'}`)),
    ...(status === 'COMPLETED' && payment?.amount !== held.total
      ? [found(`${held.total} were ordered and ${payment?.amount ?? 'nothing'} captured`)]
      : []),
    ...(entries === events ? [] : [found(`its timeline has ${entries} lines, the history ${events} events of it`)]),
  ]
}

const names: Record<keyof Expected, string> = {
  saga: 'saga',
  payment: 'payment',
  reservation: 'reservation',
  delivery: 'delivery',
  listed: 'entry in the lists',
}
