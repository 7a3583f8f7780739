// What an operator does to one order: it is said in the history with the reason, and then done. Each may be done again.
import { randomUUID } from 'node:crypto'
import { cancelOrder, compensateOrder, getOrderStatus, noteAction, type OutputOf } from '@deliveryflow/contracts'
import { type Ask, granted } from '../calls.ts'
import { type HandedOver, handOver, saidOf, unhandled } from '../reconcile/said.ts'
import type { Target } from '../target.ts'
import { letterKeysOf } from './records.ts'

/** On what, and why. */
export type Acting = { target: Target; ask: Ask; reason: string }

/** Says what is about to be done to an order, and resolves to that. Throws `not_found`, and says nothing then. */
const noted = async (
  { ask, reason }: Acting,
  action: 'order_retried' | 'order_cancelled' | 'order_compensated',
  order_id: string,
): Promise<OutputOf<typeof getOrderStatus>> => {
  const order = granted(getOrderStatus, await ask(getOrderStatus, { order_id }))
  granted(noteAction, await ask(noteAction, { action_id: randomUUID(), action, reason, detail: { order_id } }))
  return order
}

/** Gives services what they never handled of an order: what lies among the dead letters, and what was lost on its way. */
export const retry = async (acting: Acting, order_id: string): Promise<HandedOver[]> => {
  const { created_at } = await noted(acting, 'order_retried', order_id)
  const { target, ask } = acting
  const said = await saidOf(target, [order_id, ...letterKeysOf(order_id)], new Date(created_at))
  return handOver(target, ask, await unhandled(target, said))
}

/** Cancels an order as its customer could. Throws `refused` once the parcel has left. */
export const cancel = async (acting: Acting, order_id: string) => {
  await noted(acting, 'order_cancelled', order_id)
  return granted(cancelOrder, await acting.ask(cancelOrder, { order_id }))
}

/** Takes the step that an order waits for as failed, and has the others undone. Throws `refused` once nothing is undone any more. */
export const compensate = async (acting: Acting, order_id: string) => {
  await noted(acting, 'order_compensated', order_id)
  return granted(compensateOrder, await acting.ask(compensateOrder, { order_id }))
}
