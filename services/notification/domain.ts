// What notification decides: which letters an event leads to, and what is to be done about a letter that was begun. Pure.
import type { DataOf, DeliveryStatus, Letter, notifyUser, topology } from '@deliveryflow/contracts'

/** A letter to be written: the data of a job. */
export type Job = DataOf<typeof notifyUser>

type Heard = (typeof topology)['notification-planner']['hears'][number]

/** A delivery's status that its customer is told of. The end of a failed one is told by the letter of grief. */
export type ToldStatus = Extract<Letter, { kind: 'delivery_update' }>['status']

const told = (status: DeliveryStatus): ToldStatus | null => {
  switch (status) {
    case 'IN_TRANSIT':
    case 'OUT_FOR_DELIVERY':
    case 'DELIVERED':
      return status
    case 'PENDING':
    case 'FAILED':
    case 'CANCELLED':
      return null
  }
}

/**
 * The letters of each event the planner hears. A letter_key names what the letter tells, and so stays the same however often
 * the event comes; only asking for a letter again leads to a new one, hence the event's own id in its key.
 */
export const lettersOf: { [M in Heard as M['type']]: (data: DataOf<M>, event_id: string) => Job[] } = {
  user_registered: ({ user_id }) => [
    { letter_key: `welcome:${user_id}`, user_id, letter: { kind: 'welcome' } },
    { letter_key: `verify_email:${user_id}`, user_id, letter: { kind: 'verify_email' } },
  ],
  password_reset_requested: ({ user_id }, event_id) => [
    { letter_key: `password_reset:${event_id}`, user_id, letter: { kind: 'password_reset' } },
  ],
  email_verification_requested: ({ user_id }, event_id) => [
    { letter_key: `verify_email:${event_id}`, user_id, letter: { kind: 'verify_email' } },
  ],
  order_paid: ({ order_id, user_id, total }) => [
    { letter_key: `order_paid:${order_id}`, user_id, letter: { kind: 'order_paid', order_id, total } },
  ],
  order_cancelled: ({ order_id, user_id, total, reason }) => [
    {
      letter_key: `order_cancelled:${order_id}`,
      user_id,
      letter: { kind: 'order_cancelled', order_id, total, reason },
    },
  ],
  delivery_status_updated: ({ order_id, user_id, status }) => {
    const news = told(status)
    if (news === null) return []
    const letter_key = `delivery_update:${order_id}:${news}`
    return [{ letter_key, user_id, letter: { kind: 'delivery_update', order_id, status: news } }]
  },
  review_created: ({ review_id, user_id, product_id }) => [
    { letter_key: `review_thanks:${review_id}`, user_id, letter: { kind: 'review_thanks', product_id } },
  ],
}

/** A letter that was begun. `stale`: it was claimed so long ago that its worker is gone. */
export type BegunLetter = { status: 'SENDING' | 'SENT' | 'UNCERTAIN'; stale: boolean }

/**
 * What a worker does with a job: `write` the letter; nothing, it is `settled`; `wait`, another worker has it in hand;
 * `give_up`, a worker ended while it was sending, so that the letter may have arrived and must not be sent again.
 */
export const nextStep = (letter: BegunLetter | undefined): 'write' | 'settled' | 'wait' | 'give_up' => {
  if (letter === undefined) return 'write'
  switch (letter.status) {
    case 'SENT':
    case 'UNCERTAIN':
      return 'settled'
    case 'SENDING':
      return letter.stale ? 'give_up' : 'wait'
  }
}
