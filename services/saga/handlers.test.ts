import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as contracts from '@deliveryflow/contracts'
import { consumersOf, topology } from '@deliveryflow/contracts'
import { type Database, type Message, newId, Rejection, type Transaction } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { batchHandler } from '@deliveryflow/kit/service/handle'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { received as event, type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { hearing } from './hearing.ts'
import saga from './service.ts'
import { startSweeper } from './sweeper.ts'
import { deadlines } from './world.ts'

describe('saga on a real database', () => {
  const log = createLog('test', 'silent')
  let scratch: ScratchDatabase
  let db: Database
  let context: handle.SagaContext
  let hearAll: (messages: Message[]) => Promise<void>
  let statements = 0

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 8 }, log)
    const transact = transactions(db, 'saga', () => undefined)
    const counted: typeof transact = (work) => transact((tx) => work(counting(tx)))
    // Settings beyond these are the runtime's.
    context = {
      db,
      log,
      transaction: counted,
      // Deadlines pass where a test says so, however slow the machine.
      settings: { ...deadlines, COMMAND_DEADLINE_MS: 600_000, SWEEP_MS: 5, GRACE_MS: 0 },
      hearing: hearing(0),
    } as unknown as handle.SagaContext
    const [consumer] = consumersOf(topology.saga)
    assert.ok(consumer)
    hearAll = batchHandler(consumer, saga.parts.hears, context, counted)
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })

  const counting = (tx: Transaction): Transaction => ({
    ...tx,
    query: (query) => {
      statements++
      return tx.query(query)
    },
  })
  const query = async (text: string) => (await db.query({ name: '', text, values: [] })).rows
  beforeEach(() => query('truncate sagas, messaging.outbox, messaging.outbox_pending'))

  const user_id = newId()
  const admin: contracts.Caller = { user_id: newId(), role: 'admin' }
  const total = { amount: 500, currency: 'EUR' }
  const facts = (order_id: string) => ({ order_id, user_id, total, delivery_address: 'Tverskaya 1' })
  const created = (order_id: string) => event(contracts.orderCreated, { ...facts(order_id), items: [] })
  const reserved = (order_id: string) => event(contracts.inventoryReserved, facts(order_id))
  const captured = (order_id: string) => event(contracts.paymentCaptured, { ...facts(order_id), payment_id: newId() })
  const failed = (order_id: string) =>
    event(contracts.paymentFailed, { order_id, user_id, total, reason: 'INSUFFICIENT_FUNDS' })
  const released = (order_id: string) => event(contracts.inventoryReleased, { order_id, user_id, items: [] })
  const cancelled = (order_id: string) =>
    event(contracts.orderCancelled, { order_id, user_id, total, reason: 'INSUFFICIENT_FUNDS' })

  const sagaOf = async (order_id: string) => {
    const answer = await handle.get({ order_id }, context, admin)
    if (answer instanceof Rejection) assert.fail(answer.detail)
    return contracts.getSaga.output.parse(answer)
  }
  const sent = async (order_id: string) =>
    (
      await db.query<{ type: string; cause: string | null }>({
        name: '',
        text: `select headers ->> 'ce-type' as type, headers ->> 'ce-causationid' as cause
        from messaging.outbox where aggregate = $1 order by position`,
        values: [order_id],
      })
    ).rows

  describe('events', () => {
    it('are taken in as facts, and tell the step that is waited for and until when', async () => {
      const order = newId()
      const journey = [created(order), reserved(order), captured(order)]
      await hearAll(journey.toReversed())
      const { status, step, deadline, reason, facts: known } = await sagaOf(order)
      assert.deepEqual([status, step, reason], ['RUNNING', 'assign', null])
      assert.ok(deadline !== null && Date.parse(deadline) > Date.now())
      assert.deepEqual(
        known,
        journey.map(({ type, time, id }) => ({ fact: type, at: time.toISOString(), event_id: id })),
      )
      assert.deepEqual(await sent(order), [])
    })

    it('lead from a failed payment to the release of the stock and to the cancellation', async () => {
      const order = newId()
      const failure = failed(order)
      await hearAll([created(order), reserved(order), failure])
      const release = { type: 'inventory.release', cause: failure.id }
      assert.deepEqual(await sent(order), [release])
      const release_confirmed = released(order)
      await hearAll([release_confirmed])
      await hearAll([failure, release_confirmed])
      assert.deepEqual(await sent(order), [release, { type: 'order.cancel', cause: release_confirmed.id }])
      await hearAll([cancelled(order)])
      const { status, step, deadline, reason } = await sagaOf(order)
      assert.deepEqual([status, step, deadline, reason], ['CANCELLED', null, null, 'INSUFFICIENT_FUNDS'])
    })

    it('of a hundred orders and of all types cost as many statements as one event', async () => {
      const cost = async (messages: Message[]) => {
        const before = statements
        await hearAll(messages)
        return statements - before
      }
      const one = await cost([created(newId())])
      const orders = Array.from({ length: 100 }, () => newId())
      const many = await cost(orders.flatMap((order) => [created(order), reserved(order), failed(order)]))
      assert.equal(many, one)
      assert.equal((await query('select 1 from sagas where status = $$COMPENSATING$$')).length, 100)
    })

    it('of the same new orders, taken in by two replicas at once and in opposite order, are all known', async () => {
      const orders = Array.from({ length: 50 }, () => newId())
      await Promise.all([
        hearAll(orders.map((order) => created(order))),
        hearAll(orders.toReversed().map((order) => reserved(order))),
        hearAll(orders.map((order) => captured(order))),
      ])
      for (const order of orders) {
        const { step, facts: known } = await sagaOf(order)
        assert.deepEqual([step, known.length], ['assign', 3])
      }
    })

    it('that are unknown to the saga are told so to who asks', async () => {
      const answer = await handle.get({ order_id: newId() }, context, admin)
      assert.ok(answer instanceof Rejection && answer.code === 'not_found')
    })
  })

  describe('passed deadlines', () => {
    const overdue = () => query(`update sagas set deadline_at = now() - interval '1 second'`)

    it('are each acted on once, by however many replicas', async () => {
      const orders = Array.from({ length: 30 }, () => newId())
      await hearAll(orders.map((order) => created(order)))
      assert.deepEqual(await handle.expireOverdue(context, 200), { overdue: 0, late: 0 })
      await overdue()
      const sweeps = await Promise.all([1, 2, 3].map(() => handle.expireOverdue(context, 20)))
      const rest = await handle.expireOverdue(context, 200)
      assert.equal(
        [...sweeps, rest].reduce((sum, { late }) => sum + late, 0),
        30,
      )
      for (const order of orders) {
        const { status, step, reason, facts: known } = await sagaOf(order)
        assert.deepEqual(await sent(order), [
          { type: 'step_timed_out', cause: null },
          { type: 'delivery.cancel', cause: known.at(-1)?.event_id },
        ])
        assert.deepEqual([status, step, reason], ['COMPENSATING', 'assign', 'TIMED_OUT'])
        assert.equal(known.at(-1)?.fact, 'reserve_timed_out')
      }
    })

    it('are listed until they are acted on, the longest overdue first, for administrators alone', async () => {
      const orders = Array.from({ length: 5 }, () => newId())
      await hearAll(orders.map((order) => created(order)))
      const page = async (cursor?: string) => {
        const answer = await handle.overdue({ limit: 2, cursor }, context, admin)
        if (answer instanceof Rejection) assert.fail(answer.detail)
        return contracts.listOverdue.output.parse(answer)
      }
      assert.deepEqual(await page(), { items: [], next_cursor: null })
      // Two of them to the same microsecond: the page ends between them.
      await query(`update sagas set deadline_at = '2026-01-01T00:00:00.000001Z'`)
      const [late = '', later = ''] = orders
      await query(`update sagas set deadline_at = '2025-12-31T00:00:00Z' where order_id = '${late}'`)
      await query(`update sagas set deadline_at = now() - interval '1 second' where order_id = '${later}'`)
      const seen = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { items, next_cursor } = await page(cursor)
        assert.ok(items.length <= 2)
        seen.push(...items)
        cursor = next_cursor
      }
      const between = orders.slice(2).sort()
      assert.deepEqual(
        seen.map(({ order_id }) => order_id),
        [late, ...between, later],
      )
      assert.deepEqual(
        [seen[0]?.status, seen[0]?.step, seen[0]?.deadline],
        ['RUNNING', 'reserve', '2025-12-31T00:00:00.000Z'],
      )
    })

    it('of commands send them again', async () => {
      const order = newId()
      await hearAll([failed(order)])
      await overdue()
      assert.deepEqual(await handle.expireOverdue(context, 200), { overdue: 1, late: 0 })
      assert.deepEqual(
        (await sent(order)).map(({ type }) => type),
        ['inventory.release', 'inventory.release'],
      )
    })

    it('are not judged while a dependency is away or the events that come in are old', async () => {
      const order = newId()
      let state = 'away'
      await hearAll([created(order)])
      await overdue()
      const patient = { ...context, hearing: hearing(50) }
      const sweeper = await startSweeper(patient, { health: async () => ({ nats: state }) })
      const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      try {
        await wait(100)
        assert.deepEqual(await sent(order), [])
        state = 'ok'
        for (let i = 0; i < 10; i++) {
          patient.hearing.heard([new Date(Date.now() - 1000)])
          await wait(10)
        }
        assert.deepEqual(await sent(order), [])
        for (let i = 0; i < 100 && (await sent(order)).length === 0; i++) await wait(20)
        assert.equal((await sent(order)).length, 2)
      } finally {
        await sweeper.stop()
      }
    })
  })

  describe('hearing', () => {
    it('is trusted once events have come in without delay for the grace', () => {
      let now = 0
      const { heard, lost, isCurrent } = hearing(100, () => now)
      const trusted = (at: number) => {
        now = at
        return isCurrent()
      }
      assert.equal(trusted(99), false)
      assert.equal(trusted(100), true)
      heard([new Date(0), new Date(50)])
      assert.equal(trusted(150), true)
      heard([new Date(49)])
      assert.equal(trusted(249), false)
      assert.equal(trusted(250), true)
      lost()
      assert.equal(trusted(349), false)
      assert.equal(trusted(350), true)
    })
  })
})
