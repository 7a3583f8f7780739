// For each event and call of saga, and for passed deadlines: load, decide, save, send.
import {
  type compensateOrder,
  type getSaga,
  type listOverdue,
  stepTimedOut,
  type topology,
} from '@deliveryflow/contracts'
import {
  type AnswerOf,
  type Context,
  type Fold,
  type HearMixed,
  type Message,
  type MessageOf,
  type Queryable,
  reject,
  rowsOf,
  type Transaction,
} from '@deliveryflow/kit'
import { type Deadlines, fold, hear, lateStep, type Move, type Saga, sendAgain } from './domain.ts'
import type { Hearing } from './hearing.ts'
import * as store from './store.ts'

type Topology = typeof topology.saga
type Heard = Topology['hears'][number]
export type SagaContext = Context<Topology, Deadlines & { SWEEP_MS: number }, { hearing: Hearing }>
type Tx = Transaction<Topology['says'][number]>

/** Takes in every event of an order's journey. */
export const follow: HearMixed<Heard, Topology, SagaContext> = {
  effects: 'external',
  mixed: true,
  batch: async (messages, tx, { settings, hearing }) => {
    hearing.heard(messages.map(({ time }) => time))
    const now = new Date()
    const moves = (await sagasOf(messages, tx)).flatMap(({ saga, heard }) => {
      const move = hear(saga, heard, now, settings)
      return move ? [{ ...move, cause: heard.at(-1) }] : []
    })
    await keep(tx, moves)
  },
}

/** Takes in the same by a replay: what the facts add up to, and nothing is done about it. */
export const view: Fold<Heard, SagaContext> = {
  effects: 'none',
  mixed: true,
  batch: async (messages, tx) => {
    const sagas = (await sagasOf(messages, tx)).map(({ saga, heard }) => fold(saga, heard))
    await store.updateSagas(tx, rowsOf(sagas))
  },
}

/** The sagas that the messages are about, locked, each with what is heard of it. */
const sagasOf = async (messages: MessageOf<Heard>[], tx: Queryable) => {
  const byOrder = Map.groupBy(messages, ({ data }) => data.order_id)
  const orders = [...byOrder].map(([order_id, [first]]) => ({ order_id, user_id: first?.data.user_id }))
  await store.beginSagas(tx, rowsOf(orders))
  const sagas = await store.lockSagas(tx, [...byOrder.keys()])
  return sagas.map((saga) => ({ saga, heard: byOrder.get(saga.order_id) ?? [] }))
}

/** Acts on at most `limit` passed deadlines. Returns how many there were and how many of them were steps that are late. */
export const expireOverdue = ({ settings, transaction }: SagaContext, limit: number) =>
  transaction(async (tx) => {
    const now = new Date()
    const overdue = await store.lockOverdue(tx, now, limit)
    await keep(
      tx,
      overdue.map((saga) => expire(saga, now, tx, settings)),
    )
    return { overdue: overdue.length, late: overdue.filter(({ status }) => status === 'RUNNING').length }
  })

/** What a passed deadline leads to: a step that is late is said to have failed, a command that was not confirmed is sent again. */
const expire = (saga: Saga, now: Date, tx: Tx, deadlines: Deadlines): Caused => {
  const step = lateStep(saga)
  if (step === null) return sendAgain(saga, now, deadlines)
  const { order_id, user_id } = saga
  const said = { type: 'step_timed_out', data: { order_id, user_id, step } } as const
  const at = tx.emit(stepTimedOut, said.data)
  const move = hear(saga, [{ ...said, ...at }], now, deadlines) ?? { saga, command: null }
  return { ...move, cause: { id: at.id, correlation_id: order_id } }
}

/** `cause`: the event that led to the move. */
type Caused = Move<Saga> & { cause?: Pick<Message, 'id' | 'correlation_id'> | undefined }

const keep = async (tx: Tx, moves: readonly Caused[]) => {
  if (moves.length === 0) return
  await store.updateSagas(tx, rowsOf(moves.map(({ saga }) => saga)))
  for (const { command, cause } of moves) if (command) tx.emit(command.contract, command.data, cause)
}

export const get: AnswerOf<typeof getSaga, SagaContext> = async ({ order_id }, { db }) => {
  const [saga] = await store.selectSaga(db, order_id)
  return saga ? viewOf(saga) : unknown()
}

export const overdue: AnswerOf<typeof listOverdue, SagaContext> = async ({ limit, cursor }, { db }) => {
  const [after = '0', order_id = '00000000-0000-0000-0000-000000000000'] = cursor?.split('_') ?? []
  // One more than asked for tells whether a page follows.
  const rows = await store.listOverdue(db, Number(after), order_id, limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows
      .slice(0, limit)
      .map(({ deadline_us, deadline_at, ...saga }) => ({ ...saga, deadline: deadline_at.toISOString() })),
    next_cursor: last ? `${last.deadline_us}_${last.order_id}` : null,
  }
}

/** As if the deadline had passed: an operator knows sooner than the clock that a step will not come. */
export const compensate: AnswerOf<typeof compensateOrder, SagaContext> = ({ order_id }, { settings, transaction }) =>
  transaction(async (tx) => {
    const [saga] = await store.lockSagas(tx, [order_id])
    if (!saga) return unknown()
    if (lateStep(saga) === null && saga.status !== 'COMPENSATING')
      return reject(
        'invalid_transition',
        `It is ${saga.status}${saga.step ? ` at ${saga.step}` : ''}: nothing is undone any more.`,
      )
    const move = expire(saga, new Date(), tx, settings)
    await keep(tx, [move])
    return viewOf(move.saga)
  })

const unknown = () => reject('not_found', 'No saga has this order id; it begins with the first event of an order.')

const viewOf = ({ order_id, user_id, status, step, deadline_at, reason, facts: known }: Saga) => {
  const facts = Object.entries(known)
    .map(([fact, { at, event_id }]) => ({ fact, at, event_id }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.event_id < b.event_id ? -1 : 1))
  return { order_id, user_id, status, step, deadline: deadline_at?.toISOString() ?? null, reason, facts }
}
