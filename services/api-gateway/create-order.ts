// POST /api/orders: answers PENDING at once, or with `Prefer: wait=N` holds the answer until the payment's outcome.
import { createOrder, getOrderStatus, type OrderView } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import type { Gateway, Handler } from './handler.ts'
import type { Recording } from './live-events.ts'
import { type Outcome, outcomeAfter, outcomeOf, waitSeconds } from './order-outcome.ts'

/** Watching has no memory and may miss an event, so the order is asked as well. */
const askEvery = 750

export const handleCreateOrder: Handler<'createOrder'> = async ({ body, headers, caller, http }, gateway) => {
  const { user_id, ...order } = body
  if (user_id !== undefined && user_id.toLowerCase() !== caller.user_id) {
    return reject('forbidden', 'You can order for yourself alone; leave user_id out.')
  }
  const idempotency_key = headers['idempotency-key']
  const seconds = waitSeconds(headers.prefer)
  const recording = seconds > 0 ? gateway.events.record() : undefined
  try {
    const created = await gateway.call(
      createOrder,
      { ...order, ...(idempotency_key !== undefined && { idempotency_key }) },
      { caller },
    )
    if (created instanceof Rejection) return created
    http.set('Location', `/api/orders/${created.order_id}`)
    if (!recording) return created
    http.set('Preference-Applied', `wait=${seconds}`)

    let present = created
    const ask = async () => {
      const answer = await gateway.call(getOrderStatus, { order_id: created.order_id }, { caller })
      if (!(answer instanceof Rejection)) present = answer
      return present
    }
    const waiting = { recording, held: gateway.held, res: http.res, milliseconds: seconds * 1000, ask }
    const settled = await outcome(created, waiting)
    if (settled) return settled
    const last = await ask().catch(() => present)
    return outcomeOf(last) ?? last
  } finally {
    recording?.end()
  }
}

type Waiting = {
  recording: Recording
  held: Gateway['held']
  res: NodeJS.EventEmitter
  milliseconds: number
  ask(): Promise<OrderView>
}

/** The outcome; undefined when the time is up, the customer has gone or the gateway stops. */
const outcome = async (order: OrderView, { recording, held, res, milliseconds, ask }: Waiting): Promise<Outcome> => {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const giveUp = () => resolve(undefined)
  const settle = (outcome: Outcome) => outcome && resolve(outcome)
  const timer = setTimeout(giveUp, milliseconds)
  const asking = setInterval(
    () =>
      void ask()
        .then(outcomeOf)
        .then(settle, () => undefined),
    askEvery,
  )
  const unfollow = recording.follow(order.order_id, (event) => settle(outcomeAfter(order, event)))
  const forget = held.add(giveUp)
  res.once('close', giveUp)
  settle(outcomeOf(order))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    clearInterval(asking)
    unfollow()
    forget()
    res.off('close', giveUp)
  }
}
