// Reads all that is known of one order. A part that cannot be read is named with its reason; the others are shown all the same.
import {
  getDelivery,
  getOrderStatus,
  getPayment,
  getSaga,
  type OutputOf,
  type RpcContract,
} from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import { type Ask, openCalls } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { historyOf } from './history.ts'
import { commandsOf, deadLettersOf, ledgerOf, lettersOf } from './records.ts'
import { type Waiting, waitingOf } from './steps.ts'
import { type Entry, type Read, timelineOf } from './timeline.ts'

export type Trace = {
  order: OutputOf<typeof getOrderStatus> | null
  saga: OutputOf<typeof getSaga> | null
  payment: OutputOf<typeof getPayment> | null
  delivery: OutputOf<typeof getDelivery> | null
  ledger: Read['ledger']
  letters: Read['letters']
  timeline: Entry[]
  waiting: Waiting | null
  /** Parts that could not be read now. */
  unread: { part: string; reason: string }[]
}

/** Throws `not_found` when the order service has no such order and no saga is known of it. */
export const traceOrder = async (target: Target, order_id: string): Promise<Trace> => {
  const ask = await openCalls(target)
  const unread: Trace['unread'] = []
  const part = async <T>(name: string, reading: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await reading
    } catch (error) {
      const why = error instanceof Failure && error.why ? `${error.message}: ${error.why}` : reasonOf(error)
      unread.push({ part: name, reason: why })
      return otherwise
    }
  }
  const [order, saga] = await Promise.all([
    part('order', answer(ask, getOrderStatus, { order_id }), null),
    part('saga', answer(ask, getSaga, { order_id }), null),
  ])
  if (order === null && saga === null && !unread.some(({ part }) => part === 'order')) {
    throw new Failure('not_found', `There is no order ${order_id}`, {
      next: 'dfctl order list shows the newest orders with their ids.',
    })
  }
  const since = beginOf(order_id, order?.created_at)
  const [payment, delivery, events, commands, ledger, letters, dead_letters] = await Promise.all([
    part('payment', answer(ask, getPayment, { order_id }), null),
    part('delivery', answer(ask, getDelivery, { order_id }), null),
    part('history', historyOf(ask, order_id), []),
    part('commands', commandsOf(target, order_id, since), []),
    part('ledger', ledgerOf(target, order_id), []),
    part('letters', lettersOf(target, order_id), []),
    part('dead letters', deadLettersOf(target, order_id, since), []),
  ])
  return {
    order,
    saga,
    payment,
    delivery,
    ledger,
    letters,
    timeline: timelineOf({ events, facts: saga?.facts ?? [], commands, ledger, letters, dead_letters }),
    waiting: saga && waitingOf(saga),
    unread,
  }
}

/** The answer, or null where there is nothing (yet). Any other refusal is a Failure. */
const answer = async <R extends RpcContract & { input: (typeof getSaga)['input'] }>(
  ask: Ask,
  contract: R,
  input: { order_id: string },
): Promise<OutputOf<R> | null> => {
  const found = await ask<RpcContract>(contract, input)
  if (!(found instanceof Rejection)) return found as OutputOf<R> // The client has parsed it by this contract's output.
  if (found.code === 'not_found') return null
  throw new Failure('failed', `${contract.subject}: ${found.detail}`)
}

/** When the order began, a minute early for clocks that differ: its id is a UUIDv7 and holds the time itself. */
const beginOf = (order_id: string, created_at: string | undefined): Date => {
  const began = created_at ? Date.parse(created_at) : Number.parseInt(order_id.replace('-', '').slice(0, 12), 16)
  return new Date(Math.min(began, Date.now()) - 60_000)
}
