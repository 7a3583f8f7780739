import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Caller, orderCreated, releaseCommand } from '@deliveryflow/contracts'
import { type Database, type Message, newId, Rejection } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { setStock } from './store.ts'

let scratch: ScratchDatabase
let db: Database
let context: handle.InventoryContext
before(async () => {
  scratch = await scratchDatabase()
  await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
  db = openDatabase({ url: scratch.url, application_name: 'test', max: 8 }, createLog('test', 'silent'))
  // The handlers of messages take nothing from their context but the database.
  context = { db, transaction: transactions(db, 'inventory', () => undefined) } as unknown as handle.InventoryContext
})
after(async () => {
  await db?.end()
  await scratch?.drop()
})

const query = async (text: string) => (await db.query({ name: '', text, values: [] })).rows
const cup = newId()
const pan = newId()
beforeEach(() => query('truncate stock, reservations, reservation_items, messaging.outbox, messaging.outbox_pending'))

type Created = Message<typeof orderCreated>
type Release = Message<typeof releaseCommand>
const user_id = newId()
const price = { amount: 1, currency: 'EUR' }
const order = (items: Record<string, number>, order_id = newId()): Created => {
  const lines = Object.entries(items).map(([product_id, quantity]) => ({ product_id, quantity, name: 'x', price }))
  const data = { order_id, user_id, total: price, delivery_address: 'Tverskaya 1', items: lines }
  return { id: newId(), correlation_id: order_id, data } as Created
}
const releaseOf = ({ data: { order_id } }: Created) =>
  ({ id: newId(), correlation_id: order_id, data: { order_id, user_id } }) as Release
const reserve = async (...orders: Created[]) => {
  const handler = handle.reserve
  assert.ok('batch' in handler)
  await context.transaction((tx) => handler.batch(orders, tx, context))
}
const release = async (...commands: Release[]) => {
  const handler = handle.release
  assert.ok('batch' in handler)
  await context.transaction((tx) => handler.batch(commands, tx, context))
}
/** What was said of an order, in order. */
const said = async ({ data: { order_id } }: Created) =>
  (
    await db.query<{ type: string; data: Record<string, unknown> }>({
      name: '',
      text: `select headers ->> 'ce-type' as type, data from messaging.outbox where aggregate = $1 order by position`,
      values: [order_id],
    })
  ).rows
const stockNow = async () =>
  Object.fromEntries(
    (await query('select product_id, available from stock')).map((row) => [row.product_id, row.available]),
  )
const inBalance = async () => assert.deepEqual(await query('select * from stock_discrepancies'), [])

describe('order_created', () => {
  it('puts whole orders aside while stock lasts, and says what was short', async () => {
    await setStock(db, cup, 3)
    await setStock(db, pan, 1)
    const [first, second, third] = [order({ [cup]: 2, [pan]: 1 }), order({ [cup]: 1, [pan]: 1 }), order({ [cup]: 1 })]
    await reserve(first, second, third)
    assert.deepEqual(await stockNow(), { [cup]: 0, [pan]: 0 })
    await inBalance()
    const { order_id } = first.data
    assert.deepEqual(await said(first), [
      {
        type: 'inventory_reserved',
        data: { order_id, user_id, total: price, delivery_address: 'Tverskaya 1' },
      },
    ])
    assert.deepEqual(await said(second), [
      {
        type: 'inventory_rejected',
        data: {
          order_id: second.data.order_id,
          user_id,
          reason: 'OUT_OF_STOCK',
          shortages: [{ product_id: pan, requested: 1, available: 0 }],
        },
      },
    ])
    assert.deepEqual(
      (await said(third)).map(({ type }) => type),
      ['inventory_reserved'],
    )
  })

  it('changes and says nothing more when it comes again', async () => {
    await setStock(db, cup, 3)
    const once = order({ [cup]: 1 })
    const never = order({ [cup]: 9 })
    await reserve(once, never, { ...once, id: newId() })
    await setStock(db, cup, 20)
    await reserve(once, never)
    assert.deepEqual(await stockNow(), { [cup]: 20 })
    assert.equal((await said(once)).length, 1)
    assert.equal((await said(never)).length, 1)
    await inBalance()
  })
})

describe('inventory.release', () => {
  it('puts back once, and confirms each command with what went back', async () => {
    await setStock(db, cup, 3)
    const one = order({ [cup]: 2 })
    await reserve(one)
    await release(releaseOf(one), releaseOf(one))
    await release(releaseOf(one))
    assert.deepEqual(await stockNow(), { [cup]: 3 })
    const items = [{ product_id: cup, quantity: 2 }]
    const { order_id } = one.data
    assert.deepEqual(
      (await said(one)).slice(1),
      [1, 2, 3].map(() => ({ type: 'inventory_released', data: { order_id, user_id, items } })),
    )
    await inBalance()
  })

  it('keeps a reservation that comes later from being made', async () => {
    await setStock(db, cup, 3)
    const one = order({ [cup]: 2 })
    await release(releaseOf(one))
    await reserve(one)
    assert.deepEqual(await stockNow(), { [cup]: 3 })
    const { order_id } = one.data
    assert.deepEqual(await said(one), [{ type: 'inventory_released', data: { order_id, user_id, items: [] } }])
  })

  it('confirms with nothing what was rejected', async () => {
    const one = order({ [cup]: 2 })
    await reserve(one)
    await release(releaseOf(one))
    const [, confirmed] = await said(one)
    assert.deepEqual(confirmed?.data.items, [])
    assert.deepEqual(await query('select status from reservations'), [{ status: 'REJECTED' }])
  })

  it('meets reservations of the same orders and products without a circle, a loss or a second take', async () => {
    await setStock(db, cup, 60)
    await setStock(db, pan, 60)
    const orders = Array.from({ length: 60 }, (_, n) =>
      order(n % 2 ? { [cup]: 1 + (n % 3), [pan]: 1 } : { [pan]: 2, [cup]: 1 }),
    )
    const half = orders.filter((_, n) => n % 2)
    const shuffled = orders.toReversed()
    await Promise.all([
      reserve(...orders.slice(0, 40)),
      release(...half.map(releaseOf)),
      reserve(...shuffled),
      release(...half.slice(10).toReversed().map(releaseOf)),
      setStock(db, cup, 50),
    ])
    await inBalance()
    for (const one of half) {
      const types = (await said(one)).map(({ type }) => type)
      assert.ok(types.includes('inventory_released'))
      assert.ok(types.filter((type) => type !== 'inventory_released').length <= 1)
    }
    await release(...orders.map(releaseOf))
    await inBalance()
    assert.deepEqual(await query(`select from reservations where status = 'RESERVED'`), [])
    assert.deepEqual(await query('select from stock where available <> received'), [])
  })
})

describe('inventory.set_stock and inventory.get_stock', () => {
  const admin: Caller = { user_id: newId(), role: 'admin' }
  // Stands for the catalog, which knows the cup alone.
  const call = async (_contract: unknown, { product_ids }: { product_ids: string[] }) => ({
    products: product_ids.filter((id) => id === cup),
  })
  const set = (product_id: string, quantity: number) =>
    handle.changeStock({ product_id, quantity }, { ...context, call } as unknown as handle.InventoryContext, admin)

  it('sets what can be ordered beside what is reserved', async () => {
    await set(cup, 5)
    await reserve(order({ [cup]: 4 }))
    assert.deepEqual(await set(cup, 7), { product_id: cup, available: 7 })
    assert.deepEqual(await query('select available, received from stock'), [{ available: 7, received: 11 }])
    assert.deepEqual(await set(cup, 0), { product_id: cup, available: 0 })
    await inBalance()
  })

  it('knows no stock of a product that the catalog does not know', async () => {
    const answer = await set(pan, 5)
    assert.equal(answer instanceof Rejection && answer.code, 'not_found')
    assert.deepEqual(await stockNow(), {})
  })

  it('counts zero for what was never stocked, and each product once', async () => {
    await set(cup, 5)
    const answer = await handle.stockOf({ product_ids: [cup, pan, cup] }, context, undefined)
    assert.ok(!(answer instanceof Rejection))
    const found = Object.fromEntries(answer.stock.map(({ product_id, available }) => [product_id, available]))
    assert.equal(answer.stock.length, 2)
    assert.deepEqual(found, { [cup]: 5, [pan]: 0 })
  })
})
