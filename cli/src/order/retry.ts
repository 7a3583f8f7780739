// Gives services what they never handled of one order: what lies among the dead letters, and what was lost on its way.
import { getOrderStatus } from '@deliveryflow/contracts'
import { type Ask, granted } from '../calls.ts'
import { type HandedOver, handOver, saidOf, unhandled } from '../reconcile/said.ts'
import type { Target } from '../target.ts'

/** Resolves to what was handed over, and how each went. */
export const retryOrder = async (target: Target, ask: Ask, order_id: string): Promise<HandedOver[]> => {
  const { created_at } = granted(getOrderStatus, await ask(getOrderStatus, { order_id }))
  const said = await saidOf(target, order_id, new Date(created_at))
  return handOver(target, ask, await unhandled(target, said))
}
