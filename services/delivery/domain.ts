// What delivery decides: which status may follow which, how a delivery is stopped, and who brings what. Pure.
import type { DeliveryStatus } from '@deliveryflow/contracts'

/** What may follow each status. CANCELLED: it never left. */
const following: Record<DeliveryStatus, readonly DeliveryStatus[]> = {
  PENDING: ['IN_TRANSIT', 'FAILED', 'CANCELLED'],
  IN_TRANSIT: ['OUT_FOR_DELIVERY', 'FAILED'],
  OUT_FOR_DELIVERY: ['DELIVERED', 'FAILED'],
  DELIVERED: [],
  FAILED: [],
  CANCELLED: [],
}

/** A move is made, is already made, or is refused; `allowed`: what a courier may do instead. */
export type MoveDecision = 'moved' | 'same' | { allowed: DeliveryStatus[] }

/** Whether a courier may move a delivery from its present status to the wanted one. Cancelling is the customer's. */
export const decideMove = (present: DeliveryStatus, wanted: DeliveryStatus): MoveDecision => {
  if (present === wanted) return 'same'
  const allowed: DeliveryStatus[] = following[present].filter((status) => status !== 'CANCELLED')
  return allowed.includes(wanted) ? 'moved' : { allowed }
}

/** The customer's cancel: holds until the parcel leaves. */
export const decideCancel = (present: DeliveryStatus): 'cancelled' | 'same' | 'too_late' => {
  if (present === 'CANCELLED') return 'same'
  return following[present].includes('CANCELLED') ? 'cancelled' : 'too_late'
}

/** What the saga's stop makes of a delivery: what is not over yet ends; what is over stays, and is told again. */
export const statusAfterStop = (present: DeliveryStatus): DeliveryStatus => {
  switch (present) {
    case 'PENDING':
      return 'CANCELLED'
    case 'IN_TRANSIT':
    case 'OUT_FOR_DELIVERY':
      return 'FAILED'
    case 'DELIVERED':
    case 'FAILED':
    case 'CANCELLED':
      return present
  }
}

/**
 * The step a simulated courier takes next, or null when the delivery is over. `fails`: whether this delivery fails; it
 * does so at the door, at the last step, so that each delivery is drawn once.
 */
export const simulatedStep = (present: DeliveryStatus, fails: boolean): DeliveryStatus | null => {
  switch (present) {
    case 'PENDING':
      return 'IN_TRANSIT'
    case 'IN_TRANSIT':
      return 'OUT_FOR_DELIVERY'
    case 'OUT_FOR_DELIVERY':
      return fails ? 'FAILED' : 'DELIVERED'
    case 'DELIVERED':
    case 'FAILED':
    case 'CANCELLED':
      return null
  }
}

/** Whether nothing can follow a status. */
export const isFinal = (status: DeliveryStatus): boolean => following[status].length === 0

/** A courier at work, with the number of deliveries that are not over. */
export type CourierLoad = { courier_id: string; name: string; unfinished: number }

/**
 * Gives each parcel to the courier who has the fewest by then, the first of equals. Parcels without a courier, when there
 * is none, get null.
 */
export const assign = <P>(
  parcels: readonly P[],
  couriers: readonly CourierLoad[],
): { parcel: P; courier: CourierLoad | null }[] => {
  const loads = couriers.map((courier) => ({ courier, unfinished: courier.unfinished }))
  return parcels.map((parcel) => {
    let least = loads[0]
    if (!least) return { parcel, courier: null }
    for (const load of loads) if (load.unfinished < least.unfinished) least = load
    least.unfinished++
    return { parcel, courier: least.courier }
  })
}
