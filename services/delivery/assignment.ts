// Gives parcels to couriers. A parcel that nobody can take waits; it is given away as soon as there is a courier.
import { deliveryAssigned, type topology } from '@deliveryflow/contracts'
import { type Context, rowsOf, type Transaction } from '@deliveryflow/kit'
import { assign, type CourierLoad } from './domain.ts'
import * as store from './store.ts'

type Delivery = typeof topology.delivery
export type Settings = {
  SIMULATOR: boolean
  SIMULATOR_STEP_MS: number
  SIMULATOR_FAIL_PERCENT: number
  ASSIGN_INTERVAL_MS: number
}
export type DeliveryContext = Context<Delivery, Settings>
export type DeliveryTransaction = Transaction<Delivery['says'][number]>

const limit = 200

/** Milliseconds until a simulated courier's next step, or null when people play the couriers. */
export const stepOf = (settings: Settings): number | null => (settings.SIMULATOR ? settings.SIMULATOR_STEP_MS : null)

/** The courier as events and answers name it. */
export const courierOf = ({ courier_id, name }: CourierLoad) => ({ courier_id, name })

/** Gives waiting parcels to couriers, oldest first; returns whether more may wait. */
export const assignWaiting = async (tx: DeliveryTransaction, settings: Settings): Promise<boolean> => {
  const waiting = await store.lockWaiting(tx, limit)
  if (waiting.length === 0) return false
  const couriers = await store.selectCourierLoads(tx)
  if (couriers.length === 0) return false
  const given = assign(waiting, couriers).flatMap(({ parcel, courier }) => (courier ? [{ parcel, courier }] : []))
  await store.assignCouriers(
    tx,
    rowsOf(given.map(({ parcel, courier }) => ({ delivery_id: parcel.delivery_id, courier_id: courier.courier_id }))),
    stepOf(settings),
  )
  for (const { parcel, courier } of given) {
    const { order_id, user_id, delivery_id } = parcel
    tx.emit(deliveryAssigned, { order_id, user_id, delivery_id, courier: courierOf(courier) })
  }
  return waiting.length === limit
}
