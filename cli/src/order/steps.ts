// What an order waits for, in words: the saga's step, who answers for it, and until when. It knows the names of steps alone.
import { type MessageContract, services } from '@deliveryflow/contracts'
import { span } from '../time.ts'

/** How far an order's saga is, as `saga.get` answers. */
export type Standing = {
  status: 'RUNNING' | 'COMPENSATING' | 'COMPLETED' | 'CANCELLED'
  step: string | null
  deadline: string | null
}

/** `for`: in words. `service`: who owes it. `deadline`: when the saga acts on its own. */
export type Waiting = {
  for: string
  step: string
  service: string | null
  deadline: string | null
  overdue_ms: number | null
  otherwise: string
}

type Owed = { words: string; message: string }

const forward: Record<string, Owed> = {
  reserve: { words: 'the items to be put aside', message: 'inventory_reserved' },
  pay: { words: 'the payment', message: 'payment_captured' },
  assign: { words: 'a courier to be assigned', message: 'delivery_assigned' },
  deliver: { words: 'the parcel to arrive', message: 'delivery_status_updated' },
  complete: { words: 'the order to be completed', message: 'order_completed' },
}

const backward: Record<string, Owed> = {
  reserve: { words: 'the items to be put back', message: 'inventory_released' },
  pay: { words: 'the money to be given back', message: 'payment_refunded' },
  assign: { words: 'the delivery to be stopped', message: 'delivery_status_updated' },
  cancel: { words: 'the order to be cancelled', message: 'order_cancelled' },
}

/** The service that says a message, or null when none does. */
const sayerOf = (type: string): string | null =>
  services.find(({ says }) => says.some((message: MessageContract) => message.type === type))?.name ?? null

/** What an order waits for, or null when it is final. A step that is not known here is named as it is. */
export const waitingOf = ({ status, step, deadline }: Standing, now = Date.now()): Waiting | null => {
  if (step === null || status === 'COMPLETED' || status === 'CANCELLED') return null
  const owed = (status === 'RUNNING' ? forward : backward)[step]
  const left = deadline === null ? null : Date.parse(deadline) - now
  return {
    for: owed?.words ?? `the step ${step}`,
    step,
    service: owed ? sayerOf(owed.message) : null,
    deadline,
    overdue_ms: left !== null && left < 0 ? -left : null,
    otherwise: status === 'RUNNING' ? 'the order is undone and cancelled' : 'it is asked for again',
  }
}

/** The same in a sentence. */
export const waitingText = (waiting: Waiting, now = Date.now()): string => {
  const owner = waiting.service === null ? '' : ` by ${waiting.service}`
  const what = `${waiting.for}${owner} (step ${waiting.step})`
  if (waiting.deadline === null) return `${what}; without a deadline`
  if (waiting.overdue_ms !== null)
    return `${what}; overdue by ${span(waiting.overdue_ms)}: the saga should have acted (dfctl check, dfctl logs saga)`
  return `${what}; if not within ${span(Date.parse(waiting.deadline) - now)} (${waiting.deadline}), ${waiting.otherwise}`
}
