// Which orders there are, newest first, each with what it waits for.
import { getOrderStatus, listOrders, type OrderStatus, type OrderView } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import { statement } from '@deliveryflow/kit/postgres/statement'
import { type Ask, openCalls } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { type Standing, type Waiting, waitingOf } from './steps.ts'

export type ListFilter = { status?: OrderStatus; user_id?: string; since?: Date; limit: number; stuck: boolean }
export type Listed = OrderView & { waiting: Waiting | null }

type SagaRow = {
  order_id: string
  user_id: string
  status: Standing['status']
  step: string | null
  deadline: Date | null
}

const columns = 'order_id, user_id, status, step, deadline_at as deadline'

const selectSagas = statement<[order_ids: string[]], SagaRow>(
  'sagas_of_orders',
  `select ${columns} from sagas where order_id = any($1::uuid[])`,
)

/** The longest overdue first: those an operator must look at. */
const selectOverdue = statement<[user_id: string | null, since: Date | null, limit: number], SagaRow>(
  'overdue_sagas',
  `select ${columns} from sagas
   where deadline_at < now() and ($1::uuid is null or user_id = $1) and ($2::timestamptz is null or created_at >= $2)
   order by deadline_at limit $3`,
)

/** The orders that match; of stuck ones, those not final whose step's deadline has passed, the longest overdue first. */
export const ordersOf = async (target: Target, filter: ListFilter): Promise<Listed[]> => {
  const ask = await openCalls(target)
  return filter.stuck ? stuckOrders(target, ask, filter) : newestOrders(target, ask, filter)
}

const newestOrders = async (target: Target, ask: Ask, { status, user_id, since, limit }: ListFilter) => {
  const orders: OrderView[] = []
  let cursor: string | null | undefined
  while (orders.length < limit && cursor !== null) {
    const page = await ask(
      listOrders,
      { status, from: since?.toISOString(), limit: Math.min(100, limit - orders.length), cursor: cursor ?? undefined },
      user_id,
    )
    if (page instanceof Rejection) throw new Failure('failed', `${listOrders.subject}: ${page.detail}`)
    orders.push(...page.items)
    cursor = page.next_cursor
  }
  const open = orders.filter((order) => order.status !== 'COMPLETED' && order.status !== 'CANCELLED')
  const sagas = open.length === 0 ? [] : await withDatabase(target, 'saga', (db) => selectSagas(db, open.map(idOf)))
  return withWaiting(orders, sagas)
}

const stuckOrders = async (target: Target, ask: Ask, { status, user_id, since, limit }: ListFilter) => {
  const sagas = await withDatabase(target, 'saga', (db) => selectOverdue(db, user_id ?? null, since ?? null, limit))
  const orders = await Promise.all(sagas.map(({ order_id }) => ask(getOrderStatus, { order_id })))
  const found = orders.filter((order) => !(order instanceof Rejection)) as OrderView[]
  return withWaiting(
    found.filter((order) => status === undefined || order.status === status),
    sagas,
  )
}

const idOf = ({ order_id }: { order_id: string }) => order_id

const withWaiting = (orders: readonly OrderView[], sagas: readonly SagaRow[]): Listed[] => {
  const byId = new Map(sagas.map((saga) => [saga.order_id, saga]))
  return orders.map((order) => {
    const saga = byId.get(order.order_id)
    const waiting = saga ? waitingOf({ ...saga, deadline: saga.deadline?.toISOString() ?? null }) : null
    return { ...order, waiting }
  })
}
