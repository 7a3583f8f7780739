// notification: which letters there are. The planner decides on a letter, a worker writes and sends it.
import { z } from 'zod'
import { deliveryStatus } from './delivery.ts'
import { job } from './message.ts'
import { cancelReason } from './order.ts'
import { id, money } from './values.ts'

/** Each kind of letter with what its template must know beyond the contact data. */
export const letter = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('welcome') }),
  z.object({ kind: z.literal('verify_email') }),
  z.object({ kind: z.literal('password_reset') }),
  z.object({ kind: z.literal('order_paid'), order_id: id, total: money }),
  z.object({ kind: z.literal('order_cancelled'), order_id: id, total: money, reason: cancelReason }),
  z.object({
    kind: z.literal('delivery_update'),
    order_id: id,
    status: deliveryStatus.extract(['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']),
  }),
  z.object({ kind: z.literal('review_thanks'), product_id: id }),
])
export type Letter = z.infer<typeof letter>

export const notifyUser = job('notify_user', {
  about: 'Write and send one letter. letter_key names it for ever: nobody gets the same letter twice.',
  aggregate: 'letter_key',
  data: z.object({ letter_key: z.string().min(1).max(200), user_id: id, letter }),
})
