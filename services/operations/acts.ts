// What operators do: said in the history with who and why, and only then done.
import {
  type Caller,
  type cancelOrderAsOperator,
  cancelOrder as cancelOrderCall,
  type compensateOrderAsOperator,
  compensateOrder as compensateOrderCall,
  type DataOf,
  getOrderStatus,
  type noteAction,
  operatorActed,
} from '@deliveryflow/contracts'
import { newId, Rejection } from '@deliveryflow/kit'
import type { Answer, OperationsContext } from './context.ts'
import { insertAction } from './store.ts'

/** Says what is about to be done. A request that comes again is said once; `sequences`: the part of the action that it concerns. */
export const tell = (
  { transaction }: OperationsContext,
  { user_id: by }: Caller,
  said: Omit<DataOf<typeof operatorActed>, 'by'>,
  sequences: readonly number[] = [],
): Promise<void> =>
  transaction(async (tx) => {
    const { action_id, action, reason } = said
    const [noted] = await insertAction(tx, action_id, [...sequences].sort((a, b) => a - b).join(), action, by, reason)
    if (noted) tx.emit(operatorActed, { ...said, by })
  })

export const note: Answer<typeof noteAction> = async ({ action_id, action, reason, detail }, context, caller) => {
  await tell(context, caller, { action_id, action, reason, detail })
  return { action_id }
}

type ActOnOrder = { order_id: string; reason: string; action_id?: string | undefined }

/** Says what is about to be done to an order that there is; a Rejection where there is none, and nothing is said then. */
const tellOfOrder = async (
  context: OperationsContext,
  caller: Caller,
  action: 'order_cancelled' | 'order_compensated',
  { order_id, reason, action_id = newId() }: ActOnOrder,
): Promise<Rejection | undefined> => {
  const order = await context.call(getOrderStatus, { order_id }, { caller })
  if (order instanceof Rejection) return order
  await tell(context, caller, { action_id, action, reason, detail: { order_id } })
  return undefined
}

export const compensateOrder: Answer<typeof compensateOrderAsOperator> = async (input, context, caller) => {
  const refused = await tellOfOrder(context, caller, 'order_compensated', input)
  return refused ?? context.call(compensateOrderCall, { order_id: input.order_id }, { caller })
}

export const cancelOrder: Answer<typeof cancelOrderAsOperator> = async (input, context, caller) => {
  const refused = await tellOfOrder(context, caller, 'order_cancelled', input)
  return refused ?? context.call(cancelOrderCall, { order_id: input.order_id }, { caller })
}
