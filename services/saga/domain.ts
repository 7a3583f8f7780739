// What the saga decides: how far an order's journey is, and what must be undone when a step fails or is late. Pure.
//
// Its state is a set of facts, each heard of once or more, in any order. The decision is a function of that set alone, so
// events that come early, late or twice cannot lead it astray: there is no sequence to get wrong. Sagas: Garcia-Molina and
// Salem, 1987; the pivot, after which there is only forward: Richardson, "Microservices Patterns", chapter 4.
import {
  type CancelReason,
  cancelDeliveryCommand,
  cancelOrderCommand,
  type DataOf,
  type DeliveryStatus,
  type MessageContract,
  refundCommand,
  releaseCommand,
  type topology,
} from '@deliveryflow/contracts'

// ── The steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

type StepName = 'reserve' | 'pay' | 'assign' | 'deliver' | 'complete'
/** A step that may be late. */
type Timed = Exclude<StepName, 'complete'>
type UndoCommand = typeof releaseCommand | typeof refundCommand | typeof cancelDeliveryCommand

/** How long each step may take, in milliseconds. COMMAND: how long its owner may take to confirm an undo. */
export type Deadlines = Record<`${'RESERVE' | 'PAY' | 'ASSIGN' | 'DELIVER' | 'COMMAND'}_DEADLINE_MS`, number>

type Step = {
  readonly name: StepName
  /** The fact that completes it. */
  readonly awaits: FactName
  /** Facts that say it did not happen and never will. */
  readonly fails_on: readonly FactName[]
  /** The setting that says how long it may take; null: there is nothing better to do than to wait. */
  readonly deadline: keyof Deadlines | null
  /** The command that takes it back, also ahead of time, and the facts that say it is, and stays, taken back. */
  readonly undo: { readonly command: UndoCommand; readonly confirmed_by: readonly FactName[] } | null
  /** Once it has happened nothing is undone any more. */
  readonly pivot?: true
}

/** The journey. It is undone from its end to its beginning: the delivery is the gate that the money waits for. */
export const steps = [
  {
    name: 'reserve',
    awaits: 'inventory_reserved',
    fails_on: ['inventory_rejected'],
    deadline: 'RESERVE_DEADLINE_MS',
    undo: { command: releaseCommand, confirmed_by: ['inventory_released'] },
  },
  {
    name: 'pay',
    awaits: 'payment_captured',
    fails_on: ['payment_failed'],
    deadline: 'PAY_DEADLINE_MS',
    undo: { command: refundCommand, confirmed_by: ['payment_refunded'] },
  },
  {
    name: 'assign',
    awaits: 'delivery_assigned',
    fails_on: [],
    deadline: 'ASSIGN_DEADLINE_MS',
    undo: {
      command: cancelDeliveryCommand,
      confirmed_by: ['delivery_cancelled', 'delivery_failed', 'delivery_stopped'],
    },
  },
  {
    name: 'deliver',
    awaits: 'delivery_delivered',
    fails_on: ['delivery_failed', 'delivery_cancelled'],
    deadline: 'DELIVER_DEADLINE_MS',
    undo: null,
    pivot: true,
  },
  { name: 'complete', awaits: 'order_completed', fails_on: [], deadline: null, undo: null },
] as const satisfies readonly Step[]

// ── The facts ────────────────────────────────────────────────────────────────────────────────────────────────────────

type HeardOf<M> = M extends MessageContract
  ? { readonly type: M['type']; readonly data: DataOf<M>; readonly id: string; readonly time: Date }
  : never

/** An event of an order's journey. */
export type Heard = HeardOf<(typeof topology)['saga']['hears'][number]>

/** An event is a fact by its type; a delivery's by its status, with `delivery_stopped` for what ended at the saga's command. */
export type FactName =
  | Exclude<Heard['type'], 'delivery_status_updated' | 'step_timed_out'>
  | `delivery_${Lowercase<DeliveryStatus>}`
  | 'delivery_stopped'
  | `${Timed}_timed_out`

/** When something happened and which event said so. A fact with a reason is one that ends the order. */
export type Fact = { readonly at: string; readonly event_id: string; readonly reason?: CancelReason }
export type Facts = { readonly [Name in FactName]?: Fact }

/** The fact that an event tells of. */
export const factOf = ({ type, data, id, time }: Heard): [FactName, Fact] => {
  const fact = { at: time.toISOString(), event_id: id }
  switch (type) {
    case 'inventory_rejected':
    case 'payment_failed':
    case 'order_cancelled':
      return [type, { ...fact, reason: data.reason }]
    case 'step_timed_out':
      return [`${data.step}_timed_out`, { ...fact, reason: 'TIMED_OUT' }]
    case 'delivery_status_updated':
      switch (data.status) {
        case 'FAILED':
          return data.by === 'saga'
            ? ['delivery_stopped', fact]
            : ['delivery_failed', { ...fact, reason: 'DELIVERY_FAILED' }]
        case 'CANCELLED':
          return data.by === 'saga'
            ? ['delivery_stopped', fact]
            : ['delivery_cancelled', { ...fact, reason: 'CUSTOMER' }]
        case 'PENDING':
          return ['delivery_pending', fact]
        case 'IN_TRANSIT':
          return ['delivery_in_transit', fact]
        case 'OUT_FOR_DELIVERY':
          return ['delivery_out_for_delivery', fact]
        case 'DELIVERED':
          return ['delivery_delivered', fact]
      }
      break
    default:
      return [type, fact]
  }
}

const isEarlier = (one: Fact, other: Fact) =>
  one.at < other.at || (one.at === other.at && one.event_id < other.event_id)

/** Adds a fact. Of two with one name the earlier stays, so the order of hearing does not matter. */
const withFact = (facts: Facts, [name, fact]: [FactName, Fact]): Facts => {
  const known = facts[name]
  return known && !isEarlier(fact, known) ? facts : { ...facts, [name]: fact }
}

// ── The decision ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type Status = 'RUNNING' | 'COMPENSATING' | 'COMPLETED' | 'CANCELLED'

/** `step`: what is waited for; while COMPENSATING the one being undone, `cancel` at last. `command`: what brings that about. */
export type Decision = {
  status: Status
  step: StepName | 'cancel' | null
  reason: CancelReason | null
  command: UndoCommand | typeof cancelOrderCommand | null
}

const table: readonly Step[] = steps
const pivot = table.findIndex((step) => step.pivot)

/** What the facts add up to. */
export const decide = (facts: Facts): Decision => {
  const done = table.findLastIndex(({ awaits }) => facts[awaits])
  const next = table[done + 1]
  if (!next) return { status: 'COMPLETED', step: null, reason: null, command: null }
  const reason = reasonOf(facts)
  if (reason === null || done >= pivot) return { status: 'RUNNING', step: next.name, reason: null, command: null }

  const due = table.findLast(
    (step, index) => step.undo && !isUndone(step, facts) && mayHaveHappened(step, index, facts),
  )
  if (due?.undo) return { status: 'COMPENSATING', step: due.name, reason, command: due.undo.command }
  if (!facts.order_cancelled) return { status: 'COMPENSATING', step: 'cancel', reason, command: cancelOrderCommand }
  return { status: 'CANCELLED', step: null, reason, command: null }
}

/** Why the order ends: what its cancellation says once it is said, until then the first fact that ends it. */
const reasonOf = (facts: Facts): CancelReason | null => {
  if (facts.order_cancelled?.reason) return facts.order_cancelled.reason
  const ends = Object.values(facts).filter(({ reason }) => reason)
  return (
    ends.reduce<Fact | null>((first, fact) => (first && isEarlier(first, fact) ? first : fact), null)?.reason ?? null
  )
}

const isUndone = ({ undo }: Step, facts: Facts) => undo?.confirmed_by.some((fact) => facts[fact])

/** In doubt it may: an undo is safe ahead of what it undoes. It may not when it, or a step it follows on, is known to have failed. */
const mayHaveHappened = ({ awaits }: Step, index: number, facts: Facts) =>
  facts[awaits] || !table.slice(0, index + 1).some(({ fails_on }) => fails_on.some((fact) => facts[fact]))

// ── The saga of one order ────────────────────────────────────────────────────────────────────────────────────────────

export type Saga = {
  order_id: string
  user_id: string
  status: Status
  step: Decision['step']
  deadline_at: Date | null
  reason: CancelReason | null
  facts: Facts
  /** How often each command was sent. */
  sent: { readonly [command: string]: number }
  version: number
}

/** A message to send. */
export type Command =
  | { contract: UndoCommand; data: DataOf<UndoCommand> }
  | { contract: typeof cancelOrderCommand; data: DataOf<typeof cancelOrderCommand> }

/** A saga as it has become, and what must be sent now. */
export type Move<S extends Saga> = { saga: S; command: Command | null }

/** Takes in what was heard; null when nothing of it is new. */
export const hear = <S extends Saga>(
  saga: S,
  messages: readonly Heard[],
  now: Date,
  deadlines: Deadlines,
): Move<S> | null => {
  const facts = messages.map(factOf).reduce(withFact, saga.facts)
  return facts === saga.facts ? null : move({ ...saga, facts }, now, deadlines)
}

/** The step that is late when a deadline has passed: it has failed, for good, which is an event. Null where a command is late. */
export const lateStep = ({ status, step }: Saga): Timed | null =>
  status === 'RUNNING' && step !== null && step !== 'cancel' && step !== 'complete' ? step : null

/** Sends the command that was not confirmed once more. */
export const sendAgain = <S extends Saga>(saga: S, now: Date, deadlines: Deadlines): Move<S> =>
  move(saga, now, deadlines, true)

/** The saga as its events alone tell of it. */
export const fold = <S extends Saga>(saga: S, messages: readonly Heard[]): S => {
  const facts = messages.map(factOf).reduce(withFact, saga.facts)
  const { status, step, reason } = decide(facts)
  return { ...saga, facts, status, step, reason }
}

const move = <S extends Saga>(saga: S, now: Date, deadlines: Deadlines, again = false): Move<S> => {
  const { status, step, reason, command } = decide(saga.facts)
  const times = command ? (saga.sent[command.type] ?? 0) : 0
  const send = command !== null && (again || times === 0)
  const waits = status === saga.status && step === saga.step && !send
  const wait = command ? commandDeadline(times, deadlines) : stepDeadline(step, deadlines)
  return {
    saga: {
      ...saga,
      status,
      step,
      reason,
      // Counted from when the saga began to wait: the clocks of others have no part in it, nor has a backlog.
      deadline_at: waits ? saga.deadline_at : wait === null ? null : new Date(now.getTime() + wait),
      sent: send ? { ...saga.sent, [command.type]: times + 1 } : saga.sent,
      version: saga.version + 1,
    },
    command: send ? commandTo(saga, command, reason) : null,
  }
}

const stepDeadline = (name: Decision['step'], deadlines: Deadlines): number | null => {
  const key = table.find((step) => step.name === name)?.deadline
  return key ? deadlines[key] : null
}

/** Twice as long after each time, up to 32 times: an owner that is away for hours does not find thousands of commands. */
const commandDeadline = (times: number, deadlines: Deadlines) => deadlines.COMMAND_DEADLINE_MS * 2 ** Math.min(times, 5)

const commandTo = (
  { order_id, user_id }: Saga,
  contract: UndoCommand | typeof cancelOrderCommand,
  reason: CancelReason | null,
): Command => {
  if (contract.type !== 'order.cancel') return { contract, data: { order_id, user_id } }
  if (reason === null) throw new Error(`Order ${order_id} would be cancelled without a reason.`)
  return { contract, data: { order_id, user_id, reason } }
}
