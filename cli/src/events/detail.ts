// What an event tells in short: what it adds to the ids that its line shows anyway.
import { detailOf, type OrderEvent, topology } from '@deliveryflow/contracts'

const orderEvents = new Set<string>(topology['order-history'].hears.map(({ type }) => type))

/** The fields worth a line. `data` need not fit its contract: what does not is shown as it is. */
export const eventDetail = (type: string, data: Record<string, unknown>): Record<string, unknown> => {
  const { order_id: _order, user_id: _user, ...rest } = data
  if (!orderEvents.has(type)) return rest
  try {
    return detailOf({ type, data } as OrderEvent) // Its type is one of them; whether its data fit is tried here.
  } catch {
    return rest
  }
}
