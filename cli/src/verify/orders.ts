// What the services hold of one order, where they disagree, and what puts that right. Pure.
import type { OrderStatus, ProjectionName, ServiceName } from '@deliveryflow/contracts'

/**
 * Null where a service holds nothing of it. `entries`, `events`: lines of its timeline, events of its journey in the history. `shown`, `told`: what
 * the lists show of it and what its events add up to, as digests.
 */
export type Held = {
  order_id: string
  status: OrderStatus
  total: number
  saga: { status: string; deadline_at: Date | null; updated_at: Date } | null
  payment: { status: string; amount: number | null } | null
  reservation: string | null
  delivery: string | null
  listed: string | null
  entries: number
  events: number
  shown: string
  told: string
}

/**
 * What puts a disagreement right, and why that does. `retry`: services are given what they have not handled; `compensate`: the late step is
 * taken as failed and the others are undone; `rebuild`: the read model is built anew from the history; `look`: nothing does by itself.
 */
export type Repair =
  | { kind: 'retry' | 'compensate'; why: string }
  | { kind: 'rebuild'; projection: ProjectionName; why: string }
  | { kind: 'look'; at: 'order' | 'history'; why: string }

/** A message about an order that a service has not handled. */
export type Missed = { service: string; subject: string }

/** Something that does not fit, in a sentence, and what puts it right. `next`: that as the command. */
export type Disagreement = { order_id: string; what: string; repair: Repair; next: string }

type Expected = { [Part in 'saga' | 'payment' | 'reservation' | 'delivery' | 'listed']: readonly (string | null)[] }

/** What each service may hold of an order that is final. Null: nothing. */
const expected: Record<'COMPLETED' | 'CANCELLED', Expected> = {
  COMPLETED: {
    saga: ['COMPLETED'],
    payment: ['CAPTURED'],
    reservation: ['RESERVED'],
    delivery: ['DELIVERED'],
    listed: ['COMPLETED'],
  },
  CANCELLED: {
    saga: ['CANCELLED'],
    payment: [null, 'FAILED', 'REFUNDED', 'VOIDED'],
    reservation: [null, 'REJECTED', 'RELEASED', 'VOIDED'],
    delivery: [null, 'CANCELLED', 'FAILED'],
    listed: ['CANCELLED'],
  },
}

/**
 * Every disagreement about an order that is as it is since before `settled`. One that is not final is in order while its saga waits for
 * something with a deadline to come. `missed`: what was not handled of it.
 */
export const disagreements = (held: Held, settled: Date, missed: readonly Missed[] = []): Disagreement[] => {
  const { order_id, status, saga, payment, entries, events } = held
  const foundIn = (services: readonly string[], what: string, otherwise: Repair): Disagreement => {
    const causes = missed.filter(({ service }) => services.includes(service))
    const why = causes.map(({ service, subject }) => `${service} has not handled ${subject}`).join('; ')
    const repair: Repair = causes.length > 0 ? { kind: 'retry', why } : otherwise
    return { order_id, what, repair, next: commandOf(repair, order_id) }
  }
  const found = (what: string, otherwise: Repair = look) => foundIn(journey, what, otherwise)
  const foundInLists = (what: string) =>
    foundIn(['order-history'], what, entries <= events ? rebuildLists : lookAtHistory)
  const foundInSaga = (what: string) => foundIn(journey, what, rebuildSaga)
  if (status !== 'COMPLETED' && status !== 'CANCELLED') {
    if (!saga) return [foundInSaga(`it is ${status}, and no saga has heard of it`)]
    if (saga.deadline_at !== null)
      return saga.deadline_at < settled
        ? [found(`it is ${status}, and its saga is overdue since ${saga.deadline_at.toISOString()}`, compensate)]
        : []
    if (saga.status !== 'RUNNING') return [found(`it is ${status}, its saga ${saga.status}`)]
    // It waits without a deadline for one thing alone: that a delivered order is said to be completed.
    return saga.updated_at < settled
      ? [found(`it is ${status}, and was delivered before ${saga.updated_at.toISOString()}`)]
      : []
  }
  const parts: Record<keyof Expected, string | null> = {
    saga: saga?.status ?? null,
    payment: payment?.status ?? null,
    reservation: held.reservation,
    delivery: held.delivery,
    listed: held.listed,
  }
  return [
    ...(Object.keys(parts) as (keyof Expected)[])
      .filter((part) => !expected[status][part].includes(parts[part]))
      .map((part) => {
        const foundHere = part === 'listed' ? foundInLists : part === 'saga' ? foundInSaga : found
        return foundHere(`it is ${status}, its ${names[part]} ${parts[part] ?? 'nowhere'}`)
      }),
    ...(status === 'COMPLETED' && payment?.amount !== held.total
      ? [found(`${held.total} were ordered and ${payment?.amount ?? 'nothing'} captured`)]
      : []),
    ...(entries !== events
      ? [foundInLists(`its timeline has ${entries} lines, the history ${events} events of it`)]
      : held.listed !== null && held.shown !== held.told
        ? [foundInLists('the lists show something else than its events add up to')]
        : []),
  ]
}

/** Who carries an order on: what one of them has not handled may be why any of them holds something else. */
const journey = ['order', 'inventory', 'payment', 'delivery', 'saga'] satisfies ServiceName[]

const names: Record<keyof Expected, string> = {
  saga: 'saga',
  payment: 'payment',
  reservation: 'reservation',
  delivery: 'delivery',
  listed: 'entry in the lists',
}

const compensate: Repair = {
  kind: 'compensate',
  why: 'all that was said of it was handled, and the saga has not acted on the deadline: see dfctl check',
}
const rebuildSaga: Repair = {
  kind: 'rebuild',
  projection: 'saga',
  why: 'all that was said of it was handled, and the saga does not show it; the history has it',
}
const rebuildLists: Repair = {
  kind: 'rebuild',
  projection: 'order-history',
  why: 'order-history has handled all that was said of it and does not show it; the history has it',
}
const lookAtHistory: Repair = {
  kind: 'look',
  at: 'history',
  why: 'the history itself lacks events of it; those that services still keep dfctl reconcile publishes again',
}
const look: Repair = {
  kind: 'look',
  at: 'order',
  why: 'all that was said of it was handled: something else changed what is held',
}

const commandOf = (repair: Repair, order_id: string): string => {
  switch (repair.kind) {
    case 'retry':
    case 'compensate':
      return `dfctl order ${repair.kind} ${order_id} --reason …`
    case 'rebuild':
      return `dfctl audit replay --to projection=${repair.projection} --reason …`
    case 'look':
      return repair.at === 'history' ? 'dfctl audit verify' : `dfctl order trace ${order_id}`
  }
}
