// For each message and call of inventory: load, decide, save, emit.
import {
  getProducts,
  type getStock,
  inventoryRejected,
  inventoryReleased,
  inventoryReserved,
  type orderCreated,
  type releaseCommand,
  type setStock,
  type topology,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type HearOf, Rejection, reject, rowsOf } from '@deliveryflow/kit'
import { decideReleases, decideReservations } from './domain.ts'
import * as store from './store.ts'

type Inventory = typeof topology.inventory
export type InventoryContext = Context<Inventory>
type Hear<M> = HearOf<M, Inventory, InventoryContext>
type Answer<R> = AnswerOf<R, InventoryContext>

const keyOf = ({ data: { order_id, user_id } }: { data: { order_id: string; user_id: string } }) => ({
  order_id,
  user_id,
})

export const reserve: Hear<typeof orderCreated> = {
  effects: 'external',
  batch: async (messages, tx) => {
    const orders = messages.map((message) => ({ ...message.data, message }))
    const claimed = await store.claimOrders(tx, rowsOf(messages.map(keyOf)), 'RESERVED')
    if (claimed.length === 0) return
    const stock = await store.lockStock(
      tx,
      orders.flatMap(({ items }) => items.map(({ product_id }) => product_id)),
    )
    const decisions = decideReservations(orders, stock, new Set(claimed.map(({ order_id }) => order_id)))

    const taken = decisions.flatMap((decision) =>
      decision.outcome === 'RESERVED'
        ? decision.items.map((item) => ({ order_id: decision.order.order_id, ...item }))
        : [],
    )
    if (taken.length > 0) {
      const changed = await store.takeStock(tx, rowsOf(taken))
      const wanted = new Set(taken.map(({ product_id }) => product_id))
      if (changed.length !== wanted.size) throw new Error('Stock changed although it was locked.')
      await store.insertItems(tx, rowsOf(taken))
    }
    const rejected = decisions.filter(({ outcome }) => outcome === 'REJECTED')
    if (rejected.length > 0) {
      await store.markRejected(
        tx,
        rejected.map(({ order }) => order.order_id),
      )
    }

    for (const decision of decisions) {
      const { order_id, user_id, total, delivery_address, message } = decision.order
      if (decision.outcome === 'RESERVED') {
        tx.emit(inventoryReserved, { order_id, user_id, total, delivery_address }, message)
      } else {
        const { shortages } = decision
        tx.emit(inventoryRejected, { order_id, user_id, reason: 'OUT_OF_STOCK', shortages }, message)
      }
    }
  },
}

export const release: Hear<typeof releaseCommand> = {
  effects: 'external',
  batch: async (messages, tx) => {
    const commands = messages.map((message) => ({ ...message.data, message }))
    const orderIds = commands.map(({ order_id }) => order_id)
    await store.claimOrders(tx, rowsOf(messages.map(keyOf)), 'VOIDED')
    const reservations = await store.lockReservations(tx, orderIds)
    const items = Map.groupBy(await store.selectItems(tx, orderIds), ({ order_id }) => order_id)
    const decisions = decideReleases(
      commands,
      reservations.map((reservation) => ({
        ...reservation,
        items: (items.get(reservation.order_id) ?? []).map(({ product_id, quantity }) => ({ product_id, quantity })),
      })),
    )

    const released = decisions.filter((decision) => decision.release)
    if (released.length > 0) {
      const ids = released.map(({ command }) => command.order_id)
      await store.lockStock(
        tx,
        released.flatMap((decision) => decision.items.map(({ product_id }) => product_id)),
      )
      const ended = await store.markReleased(tx, ids)
      if (ended.length !== ids.length) throw new Error('A reservation changed although it was locked.')
      await store.giveBack(tx, ids)
    }
    for (const { command, items: returned } of decisions) {
      const { order_id, user_id, message } = command
      tx.emit(inventoryReleased, { order_id, user_id, items: [...returned] }, message)
    }
  },
}

export const stockOf: Answer<typeof getStock> = async ({ product_ids }, { db }) => ({
  stock: await store.selectStock(db, product_ids),
})

export const changeStock: Answer<typeof setStock> = async ({ product_id, quantity }, { call, transaction }) => {
  const known = await call(getProducts, { product_ids: [product_id] })
  if (known instanceof Rejection) return known
  if (known.products.length === 0) return reject('not_found', 'No product has this id; add it to the catalog first.')
  const [stock] = await transaction((tx) => store.setStock(tx, product_id, quantity))
  if (!stock) throw new Error('PostgreSQL returned no row for stock that it took.')
  return stock
}
