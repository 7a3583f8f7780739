import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Caller, type InputOf, listOrders, type OutputOf } from '@deliveryflow/contracts'
import { type Database, Rejection } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import fc from 'fast-check'
import { encodeCursor } from './cursor.ts'
import { fold, type Happened } from './domain.ts'
import * as handle from './handlers.ts'
import { history, journeyOf, product, uuid } from './testing.ts'

describe('order-history on PostgreSQL', () => {
  let scratch: ScratchDatabase
  let db: Database
  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, createLog('test', 'silent'))
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })

  const query = async (text: string) => (await db.query({ name: '', text, values: [] })).rows
  const forget = () => query('truncate orders, timeline')
  const tell = async (events: readonly Happened[], size = 100) => {
    const transaction = transactions(db, 'test', () => undefined)
    for (let n = 0; n < events.length; n += size) {
      await transaction((tx) => handle.project.batch(events.slice(n, n + size), tx))
    }
  }
  // The answers of this service take nothing from their context but the database.
  const context = () => ({ db }) as unknown as Parameters<typeof handle.list>[1]
  const user = (n: number): Caller => ({ user_id: uuid(n), role: 'customer' })
  const admin: Caller = { user_id: uuid(99), role: 'admin' }
  const list = async (caller: Caller, filter: Partial<InputOf<typeof listOrders>> = {}) => {
    const page = await handle.list(listOrders.input.parse(filter), context(), caller)
    assert.ok(!(page instanceof Rejection), page instanceof Rejection ? page.detail : '')
    return listOrders.output.parse(page)
  }
  const ids = (page: OutputOf<typeof listOrders>) =>
    page.items.map(({ order_id }) => Number.parseInt(order_id.slice(-12), 16))
  const refusal = async (filter: Partial<InputOf<typeof listOrders>>) => {
    const answer = await handle.list(listOrders.input.parse(filter), context(), admin)
    return answer instanceof Rejection ? `${answer.code} ${answer.detail}` : 'a page'
  }

  describe('the read model', () => {
    it('equals the fold of the events that were seen, whatever their order, repetition and batches', async () => {
      await fc.assert(
        fc.asyncProperty(history, fc.integer({ min: 1, max: 12 }), async ({ seen, happened }, size) => {
          await forget()
          await tell(seen, size)
          const expected = [...fold(happened).values()].filter(({ content }) => content)
          const { items } = await list(admin)
          assert.deepEqual(
            items.toSorted((a, b) => (a.order_id < b.order_id ? -1 : 1)),
            expected
              .toSorted((a, b) => (a.order_id < b.order_id ? -1 : 1))
              .map(({ content, updated_at, ...view }) => ({
                ...view,
                ...content,
                created_at: content?.created_at.toISOString(),
                updated_at: updated_at.toISOString(),
              })),
          )
          const [entries] = await query('select count(*)::int as count from timeline')
          assert.deepEqual(entries, { count: happened.length })
        }),
        { numRuns: 60 },
      )
    })

    it('is the same when two processes hear the events of one new order at once', async () => {
      await forget()
      const orders = Array.from({ length: 50 }, (_, n) => ({ order: n + 1, user: 1, amount: 10, at: n }))
      const events = orders.flatMap((facts) => journeyOf(facts).completed())
      const heard = (by: number) => events.filter((_, n) => n % 2 === by)
      await Promise.all([tell(heard(0), 3), tell(heard(1), 3)])
      const { items } = await list(user(1), { limit: 100 })
      const seen = items.map(({ status, payment_id, updated_at }) => ({
        status,
        payment_id: payment_id !== null,
        updated_at,
      }))
      const last = orders.map(({ at }) => new Date(Date.UTC(2026, 0, 1, 0, 0, 9) + at).toISOString())
      assert.deepEqual(
        seen,
        last.toReversed().map((updated_at) => ({ status: 'COMPLETED', payment_id: true, updated_at })),
      )
    })
  })

  describe('the list of orders', () => {
    before(async () => {
      await forget()
      const endings = ['completed', 'undelivered', 'unpaid'] as const
      const orders = Array.from({ length: 12 }, (_, n) => ({
        order: n + 1,
        user: 1 + (n % 2),
        amount: 100 + n,
        at: n * 60_000,
      }))
      await tell(orders.flatMap((facts, n) => journeyOf(facts)[endings[n % 3] ?? 'completed']()))
      await tell(journeyOf({ order: 13, user: 1, amount: 1, at: 0 }).completed().slice(1))
    })

    it('shows users their own orders, newest first, and administrators everybody’s', async () => {
      assert.deepEqual(ids(await list(user(1))), [11, 9, 7, 5, 3, 1])
      assert.deepEqual(ids(await list(user(3))), [])
      assert.deepEqual(ids(await list(admin)), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    })

    it('filters by status, time, product and total', async () => {
      assert.deepEqual(ids(await list(admin, { status: 'COMPLETED' })), [10, 7, 4, 1])
      assert.deepEqual(ids(await list(user(1), { status: 'COMPLETED' })), [7, 1])
      const [second, fifth] = ['2026-01-01T00:01:01Z', '2026-01-01T00:04:01Z']
      assert.deepEqual(ids(await list(admin, { from: second, to: fifth })), [5, 4, 3, 2])
      assert.deepEqual(ids(await list(user(1), { from: second, to: fifth })), [5, 3])
      assert.deepEqual(ids(await list(admin, { product_id: product.a })), [12, 10, 8, 6, 4, 2])
      assert.deepEqual(ids(await list(user(1), { product_id: product.a })), [])
      assert.deepEqual(ids(await list(admin, { total_min: 103, total_max: 105 })), [6, 5, 4])
      assert.deepEqual(ids(await list(admin, { from: '0000-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' })).length, 12)
    })

    it('pages through all of it, each order once', async () => {
      for (const caller of [user(1), admin]) {
        const whole = ids(await list(caller))
        const seen: number[] = []
        let cursor: string | null | undefined
        do {
          const page = await list(caller, { limit: 3, ...(cursor ? { cursor } : {}) })
          seen.push(...ids(page))
          cursor = page.next_cursor
        } while (cursor)
        assert.deepEqual(seen, whole)
      }
    })

    it('refuses what cannot be meant, and says why', async () => {
      assert.match(
        await refusal({ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }),
        /^invalid_request from:/,
      )
      assert.match(await refusal({ total_min: 2, total_max: 1 }), /^invalid_request total_min:/)
      for (const cursor of ['', 'x', 'bnVsbA', Buffer.from('["2026-01-01T00:00:00Z","1"]').toString('base64url')]) {
        assert.match(await refusal({ cursor }), /^invalid_request cursor:/)
      }
      assert.equal(await refusal({ cursor: encodeCursor({ created_at: new Date(), order_id: uuid(1) }) }), 'a page')
    })
  })

  describe('the timeline', () => {
    it('tells the owner and administrators everything, oldest first, and nobody else anything', async () => {
      await forget()
      const events = journeyOf({ order: 1, user: 1, amount: 10, at: 0 }).completed()
      await tell(events.toReversed(), 2)
      for (const caller of [user(1), admin]) {
        const answer = await handle.timeline({ order_id: uuid(1) }, context(), caller)
        assert.ok(!(answer instanceof Rejection))
        assert.deepEqual(
          answer.entries.map(({ type, at }) => ({ type, at })),
          events.map(({ type, time }) => ({ type, at: time.toISOString() })),
        )
      }
      for (const [order, caller] of [
        [1, user(2)],
        [2, user(1)],
      ] as const) {
        const answer = await handle.timeline({ order_id: uuid(order) }, context(), caller)
        assert.ok(answer instanceof Rejection && answer.code === 'not_found')
      }
    })
  })
})
