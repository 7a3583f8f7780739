// What inventory decides: which orders can be put aside whole, and what a release gives back. Pure; the store makes it so.
import type {
  DataOf,
  inventoryRejected,
  inventoryReleased,
  orderCreated,
  releaseCommand,
} from '@deliveryflow/contracts'

export type Stock = { product_id: string; available: number }
export type ReservationStatus = 'RESERVED' | 'REJECTED' | 'RELEASED' | 'VOIDED'
export type Reservation = { order_id: string; status: ReservationStatus; items: readonly Line[] }
export type Line = DataOf<typeof inventoryReleased>['items'][number]
export type Shortage = DataOf<typeof inventoryRejected>['shortages'][number]

type Order = Pick<DataOf<typeof orderCreated>, 'order_id'> & { items: readonly Line[] }
type Release = DataOf<typeof releaseCommand>

/** What becomes of one order; `items` has each product once. */
export type ReservationDecision<O extends Order> =
  | { outcome: 'RESERVED'; order: O; items: Line[] }
  | { outcome: 'REJECTED'; order: O; shortages: Shortage[] }

/**
 * Decides orders one after the other, each against what the ones before it left: all items of an order or none. Only
 * orders in `claimed` are decided, each once; any other is known already, reserved before or released before it came.
 */
export const decideReservations = <O extends Order>(
  orders: readonly O[],
  stock: readonly Stock[],
  claimed: ReadonlySet<string>,
): ReservationDecision<O>[] => {
  const left = new Map(stock.map(({ product_id, available }) => [product_id, available]))
  const due = new Set(claimed)
  const decisions: ReservationDecision<O>[] = []
  for (const order of orders) {
    if (!due.delete(order.order_id)) continue
    const items = linesOf(order)
    const shortages = items.flatMap(({ product_id, quantity }) => {
      const available = left.get(product_id) ?? 0
      return available < quantity ? [{ product_id, requested: quantity, available }] : []
    })
    if (shortages.length > 0) decisions.push({ outcome: 'REJECTED', order, shortages })
    else {
      for (const { product_id, quantity } of items) left.set(product_id, (left.get(product_id) ?? 0) - quantity)
      decisions.push({ outcome: 'RESERVED', order, items })
    }
  }
  return decisions
}

const linesOf = ({ items }: Order): Line[] => {
  const quantities = new Map<string, number>()
  for (const { product_id, quantity } of items) quantities.set(product_id, (quantities.get(product_id) ?? 0) + quantity)
  return [...quantities].map(([product_id, quantity]) => ({ product_id, quantity }))
}

/** What a release leads to: stock back, or the same answer as before. `items`: what went back, now or earlier. */
export type ReleaseDecision<R extends Release> = { release: boolean; command: R; items: readonly Line[] }

/**
 * Decides release commands; a command may come again, and may come before the reservation it undoes. `reservations` holds
 * what is known of each order, a mark against a later reservation (VOIDED) included.
 */
export const decideReleases = <R extends Release>(
  commands: readonly R[],
  reservations: readonly Reservation[],
): ReleaseDecision<R>[] => {
  const known = new Map(reservations.map((reservation) => [reservation.order_id, reservation]))
  const released = new Set<string>()
  return commands.map((command) => {
    const reservation = known.get(command.order_id)
    const standing = reservation?.status === 'RESERVED'
    const release = standing && !released.has(command.order_id)
    if (release) released.add(command.order_id)
    const items = reservation && (standing || reservation.status === 'RELEASED') ? reservation.items : []
    return { release, command, items }
  })
}
