// What an operator does to one order: it is said in the history with the reason, and then done. Each may be done again.
import { randomUUID } from 'node:crypto'
import { cancelOrderAsOperator, compensateOrderAsOperator, getOrderStatus, noteAction } from '@deliveryflow/contracts'
import { type Ask, granted } from '../calls.ts'
import { type HandedOver, handOver, saidOf, unhandled } from '../reconcile/said.ts'
import type { Target } from '../target.ts'
import { letterKeysOf } from './records.ts'

/** On what, and why. */
export type Acting = { target: Target; ask: Ask; reason: string }

/**
 * Gives services what they never handled of an order: what lies among the dead letters, and what was lost on its way. Throws `not_found`, and
 * says nothing then.
 */
export const retry = async ({ target, ask, reason }: Acting, order_id: string): Promise<HandedOver[]> => {
  const { created_at } = granted(getOrderStatus, await ask(getOrderStatus, { order_id }))
  const said = { action_id: randomUUID(), action: 'order_retried', reason, detail: { order_id } } as const
  granted(noteAction, await ask(noteAction, said))
  const events = await saidOf(target, [order_id, ...letterKeysOf(order_id)], new Date(created_at))
  return handOver(target, ask, await unhandled(target, events))
}

/** Cancels an order as its customer could. Throws `refused` once the parcel has left. */
export const cancel = async ({ ask, reason }: Acting, order_id: string) =>
  granted(cancelOrderAsOperator, await ask(cancelOrderAsOperator, { order_id, reason }))

/** Takes the step that an order waits for as failed, and has the others undone. Throws `refused` once nothing is undone any more. */
export const compensate = async ({ ask, reason }: Acting, order_id: string) =>
  granted(compensateOrderAsOperator, await ask(compensateOrderAsOperator, { order_id, reason }))
