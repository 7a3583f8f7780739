// For each message and call of delivery: load, decide, save, emit.
import {
  type Caller,
  type cancelDelivery,
  type cancelDeliveryCommand,
  type DataOf,
  deliveryAssigned,
  deliveryStatusUpdated,
  type getDelivery,
  type moveDelivery,
  type OutputOf,
  type paymentCaptured,
  type topology,
  type userRegistered,
} from '@deliveryflow/contracts'
import { type AnswerOf, type HearOf, newId, reject, rowsOf } from '@deliveryflow/kit'
import { assignWaiting, courierOf, type DeliveryContext, type DeliveryTransaction, stepOf } from './assignment.ts'
import { assign, decideCancel, decideMove, isFinal, statusAfterStop } from './domain.ts'
import * as store from './store.ts'

type Hear<M> = HearOf<M, typeof topology.delivery, DeliveryContext>
type Answer<R> = AnswerOf<R, DeliveryContext>
type Update = DataOf<typeof deliveryStatusUpdated>

export const welcomeCouriers: Hear<typeof userRegistered> = {
  effects: 'external',
  batch: async (messages, tx, { settings }) => {
    const couriers = messages.flatMap(({ data: { role, user_id, name } }) =>
      role === 'courier' ? [{ courier_id: user_id, name }] : [],
    )
    if (couriers.length === 0) return
    const added = await store.insertCouriers(tx, rowsOf(couriers))
    if (added.length > 0) await assignWaiting(tx, settings)
  },
}

export const begin: Hear<typeof paymentCaptured> = {
  effects: 'external',
  batch: async (messages, tx, { settings }) => {
    const given = assign(messages, await store.selectCourierLoads(tx)).map(({ parcel: message, courier }) => ({
      message,
      courier,
      delivery: {
        delivery_id: newId(),
        order_id: message.data.order_id,
        user_id: message.data.user_id,
        delivery_address: message.data.delivery_address,
        courier_id: courier?.courier_id ?? null,
        status: 'PENDING',
      },
    }))
    const deliveries = given.map(({ delivery }) => delivery)
    const inserted = await store.insertDeliveries(tx, rowsOf(deliveries), stepOf(settings))
    const fresh = new Set(inserted.map(({ delivery_id }) => delivery_id))
    for (const { message, courier, delivery } of given) {
      const { delivery_id, order_id, user_id } = delivery
      if (!courier || !fresh.has(delivery_id)) continue
      tx.emit(deliveryAssigned, { order_id, user_id, delivery_id, courier: courierOf(courier) }, message)
    }
  },
}

export const stop: Hear<typeof cancelDeliveryCommand> = {
  effects: 'external',
  batch: async (messages, tx) => {
    const tombstones = messages.map(({ data: { order_id, user_id } }) => tombstone(order_id, user_id))
    await store.insertDeliveries(tx, rowsOf(tombstones), null)
    const parcels = await store.lockDeliveriesOfOrders(
      tx,
      messages.map(({ data }) => data.order_id),
    )
    const stopped = parcels.map((parcel) => {
      const status = statusAfterStop(parcel.status)
      if (status === parcel.status) return { ...parcel, changed: false }
      const note = status === 'FAILED' ? 'Called back: the order is being cancelled.' : null
      return { ...parcel, status, note, changed: true }
    })
    const changed = stopped.filter((parcel) => parcel.changed)
    if (changed.length > 0) {
      await store.setStatuses(tx, rowsOf(changed.map((parcel) => ({ ...parcel, final: isFinal(parcel.status) }))), null)
    }
    const byOrder = new Map(stopped.map((parcel) => [parcel.order_id, parcel]))
    for (const message of messages) {
      const parcel = byOrder.get(message.data.order_id)
      if (!parcel) throw new Error('A delivery vanished although it was locked.')
      tx.emit(deliveryStatusUpdated, updateOf(parcel, 'saga'), message)
    }
  },
}

export const delivery: Answer<typeof getDelivery> = async ({ order_id }, { db }, caller) => {
  const [found] = await store.selectDeliveryOfOrder(db, order_id)
  return found && (found.user_id === caller.user_id || mayCarry(caller, found)) ? viewOf(found) : notFound()
}

export const move: Answer<typeof moveDelivery> = async ({ delivery_id, status, note }, { transaction }, caller) => {
  return transaction(async (tx) => {
    const [present] = await store.lockDelivery(tx, delivery_id)
    if (!present || !mayCarry(caller, present)) return notFound()
    const decision = decideMove(present.status, status)
    if (decision === 'same') return viewOf(present)
    if (decision === 'moved') return viewOf(await change(tx, present, status, note ?? null, 'courier'))
    const { allowed } = decision
    const instead = allowed.length === 0 ? 'nothing can follow' : `it can become ${allowed.join(' or ')}`
    return reject('invalid_transition', `The delivery is ${present.status}: ${instead}.`, {
      present: present.status,
      allowed,
    })
  })
}

export const cancel: Answer<typeof cancelDelivery> = async ({ order_id, user_id }, { transaction }) =>
  transaction(async (tx) => {
    const inserted = await store.insertDeliveries(tx, rowsOf([tombstone(order_id, user_id)]), null)
    const [present] = await store.lockDeliveryOfOrder(tx, order_id)
    if (!present) throw new Error('A delivery vanished although it was inserted.')
    if (inserted.length > 0) {
      tx.emit(deliveryStatusUpdated, updateOf(present, 'customer'))
      return viewOf(present)
    }
    switch (decideCancel(present.status)) {
      case 'same':
        return viewOf(present)
      case 'cancelled':
        return viewOf(await change(tx, present, 'CANCELLED', null, 'customer'))
      case 'too_late':
        return reject(
          'cancel_too_late',
          `The parcel is ${present.status}; only one that has not left can be cancelled.`,
        )
    }
  })

/** A delivery that never begins: it takes the place of one that payment_captured would start. */
const tombstone = (order_id: string, user_id: string) => ({
  delivery_id: newId(),
  order_id,
  user_id,
  status: 'CANCELLED',
})

/** Moves one locked delivery; a person did it, so the simulator leaves it alone from now on. */
const change = async (
  tx: DeliveryTransaction,
  present: store.Delivery,
  status: Update['status'],
  note: string | null,
  by: Update['by'],
): Promise<store.Delivery> => {
  const moved = { ...present, status, note }
  const [row] = await store.setStatuses(tx, rowsOf([{ ...moved, final: isFinal(status) }]), null)
  if (!row) throw new Error('A delivery vanished although it was locked.')
  tx.emit(deliveryStatusUpdated, updateOf(moved, by))
  return { ...moved, updated_at: row.updated_at }
}

const updateOf = ({ order_id, user_id, delivery_id, status, note }: store.Parcel, by: Update['by']): Update => ({
  order_id,
  user_id,
  delivery_id,
  status,
  by,
  note,
})

const viewOf = (row: store.Delivery): OutputOf<typeof getDelivery> => ({
  delivery_id: row.delivery_id,
  order_id: row.order_id,
  status: row.status,
  courier:
    row.courier_id === null || row.courier_name === null
      ? null
      : { courier_id: row.courier_id, name: row.courier_name },
  note: row.note,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

/** Whether a delivery is the caller's to carry; administrators may do what any courier may. */
const mayCarry = ({ role, user_id }: Caller, { courier_id }: store.Delivery): boolean =>
  role === 'admin' || (role === 'courier' && courier_id === user_id)

const notFound = () => reject('not_found', 'You have no such delivery.')
