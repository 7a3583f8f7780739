// Plays the couriers where there are none: each assigned parcel takes one step after the other. Steps are those of people,
// with the same events; a parcel that a person moved is theirs from then on.
import { deliveryStatusUpdated } from '@deliveryflow/contracts'
import { rowsOf } from '@deliveryflow/kit'
import { type DeliveryContext, type DeliveryTransaction, type Settings, stepOf } from './assignment.ts'
import { isFinal, simulatedStep } from './domain.ts'
import * as store from './store.ts'

const limit = 200

/** Takes every parcel that is due one step on; returns whether more may be due. Any number of processes may do so at once. */
export const simulate = async ({ db, transaction, settings }: DeliveryContext): Promise<boolean> => {
  const [any] = await store.isAnyDue(db)
  return any?.due ? transaction((tx) => step(tx, settings)) : false
}

const step = async (tx: DeliveryTransaction, settings: Settings): Promise<boolean> => {
  const due = await store.lockDue(tx, limit)
  const moves = due.flatMap((parcel) => {
    const status = simulatedStep(parcel.status, Math.random() * 100 < settings.SIMULATOR_FAIL_PERCENT)
    if (status === null) return []
    return [{ ...parcel, status, note: status === 'FAILED' ? 'Nobody opened the door.' : null, final: isFinal(status) }]
  })
  if (moves.length > 0) await store.setStatuses(tx, rowsOf(moves), stepOf(settings))
  for (const { order_id, user_id, delivery_id, status, note } of moves) {
    tx.emit(deliveryStatusUpdated, { order_id, user_id, delivery_id, status, by: 'courier', note })
  }
  return due.length === limit
}
