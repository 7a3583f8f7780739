// When each order was seen to come how far: by a plain subscription to the events, which reaches everybody at once and
// takes no part in the work.
import {
  inventoryReserved,
  orderCancelled,
  orderCompleted,
  orderCreated,
  orderPaid,
  paymentCaptured,
} from '@deliveryflow/contracts'
import { connect } from '@nats-io/transport-node'
import type { Quantiles, Target } from './messages.ts'
import { quantilesOf } from './quantiles.ts'

const wayToPaid = [orderCreated, inventoryReserved, paymentCaptured, orderPaid]
const watched = [...wayToPaid, orderCompleted, orderCancelled]

/** Subscribes and returns what was seen so far; times are of this process's `performance.now()`. */
export const watchOrders = async (nats: Target['nats']) => {
  const connection = await connect({ ...nats, noAsyncTraces: true })
  const seen = new Map<string, Map<string, number>>(watched.map(({ type }) => [type, new Map()]))
  for (const { type, subject } of watched) {
    const times = seen.get(type)
    connection.subscribe(subject, {
      callback: (_error, message) => {
        const order_id = message.headers?.get('ce-subject')
        // The first copy counts: a stream takes no duplicate, but a plain subscriber may see one.
        if (order_id && times && !times.has(order_id)) times.set(order_id, performance.now())
      },
    })
  }
  await connection.flush()

  const timeOf = (type: string, order_id: string | undefined): number =>
    (order_id === undefined ? undefined : seen.get(type)?.get(order_id)) ?? Number.POSITIVE_INFINITY

  return {
    forget: () => {
      for (const times of seen.values()) times.clear()
    },
    /** Infinity while it was not seen. */
    paid: (order_id: string | undefined) => timeOf(orderPaid.type, order_id),
    completed: (order_id: string | undefined) => timeOf(orderCompleted.type, order_id),
    cancelled: () => seen.get(orderCancelled.type)?.size ?? 0,
    /** From each event of the way to PAID to the next, for the orders that were paid. */
    stages: (orderIds: readonly string[]): Record<string, Quantiles> => {
      const paid = orderIds.filter((id) => timeOf(orderPaid.type, id) !== Number.POSITIVE_INFINITY)
      return Object.fromEntries(
        wayToPaid.slice(1).map(({ type }, index) => {
          const before = wayToPaid[index]?.type ?? ''
          return [`${before} → ${type}`, quantilesOf(paid.map((id) => timeOf(type, id) - timeOf(before, id)))]
        }),
      )
    },
  }
}
