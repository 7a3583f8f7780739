import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Caller, InputOf, OrderView, Product } from '@deliveryflow/contracts'
import * as contracts from '@deliveryflow/contracts'
import { type Database, type Message, newId, Rejection, reject, Unavailable } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { batchHandler } from '@deliveryflow/kit/service/handle'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { received as message, type ScratchDatabase, scratchDatabase, testBackends } from '@deliveryflow/local/testing'
import { openCache } from './cache.ts'
import * as handle from './handlers.ts'
import service from './service.ts'

describe('order on a real database', () => {
  const log = createLog('test', 'silent')
  let scratch: ScratchDatabase
  let db: Database
  let context: handle.OrderContext
  let hearAll: (messages: Message[]) => Promise<void>
  const closing: (() => Promise<void>)[] = []

  /** The catalog and the delivery service, as they answer at the moment. */
  let products: Product[] = []
  let cancelAnswer: () => Rejection | 'CANCELLED' = () => 'CANCELLED'
  const asked: string[] = []

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 10 }, log)
    const { resources, close } = await openCache({ settings: { REDIS_URL: (await testBackends()).redis_url }, log })
    closing.push(close, () => db.end())
    const transaction = transactions(db, 'order', () => undefined)
    const call = async (contract: contracts.RpcContract) => {
      asked.push(contract.name)
      return contract.name === 'catalog.get' ? { products } : cancelAnswer()
    }
    context = { db, transaction, call, ...resources } as unknown as handle.OrderContext
    const [consumer] = contracts.consumersOf(contracts.topology.order)
    assert.ok(consumer)
    hearAll = batchHandler(consumer, service.parts.hears, context, transaction)
    // Redis connects in the background: what it cannot keep yet is not kept.
    const probe = newId()
    while ((await resources.cache.read(probe)) === null) {
      await resources.cache.write([{ view: { order_id: probe } as OrderView, version: 1 }])
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
  after(async () => {
    for (const close of closing) await close()
    await scratch?.drop()
  })

  const ann: Caller = { user_id: newId(), role: 'customer' }
  const bob: Caller = { user_id: newId(), role: 'customer' }
  const admin: Caller = { user_id: newId(), role: 'admin' }
  const product = (amount: number, changes: Partial<Product> = {}): Product => ({
    product_id: newId(),
    name: 'Tea',
    description: '',
    price: { amount, currency: 'EUR' },
    active: true,
    rating: { average: null, count: 0 },
    ...changes,
  })
  const tea = product(100)
  beforeEach(() => {
    products = [tea]
    cancelAnswer = () => 'CANCELLED'
    asked.length = 0
  })

  type Wish = Partial<InputOf<typeof contracts.createOrder>>
  const create = (wish: Wish = {}, caller = ann) => {
    const items = [{ product_id: tea.product_id, quantity: 2 }]
    const input = contracts.createOrder.input.parse({ delivery_address: 'Tverskaya 1', items, ...wish })
    return handle.create(input, context, caller)
  }
  const answered = (answer: OrderView | Rejection): OrderView => {
    if (answer instanceof Rejection) assert.fail(`${answer.code}: ${answer.detail}`)
    return contracts.getOrderStatus.output.parse(answer)
  }
  const refusal = (answer: unknown) => (answer instanceof Rejection ? answer.code : assert.fail('It was not refused.'))
  const get = (order_id: string, caller = ann) => handle.get({ order_id }, context, caller)
  const cancel = (order_id: string, caller = ann) => handle.cancel({ order_id }, context, caller)
  const rows = async (text: string, ...values: unknown[]) => (await db.query({ name: '', text, values })).rows
  const said = async (order_id: string) =>
    (
      await rows(
        `select headers ->> 'ce-type' as type from messaging.outbox where aggregate = $1 order by position`,
        order_id,
      )
    ).map(({ type }) => type)
  const statusInDatabase = async (order_id: string) =>
    (await rows('select status from orders where order_id = $1', order_id))[0]?.status

  const facts = ({ order_id, user_id, total, delivery_address }: OrderView) => ({
    order_id,
    user_id,
    total,
    delivery_address,
  })
  const reserved = (order: OrderView) => message(contracts.inventoryReserved, facts(order))
  const captured = (order: OrderView, payment_id = newId()) =>
    message(contracts.paymentCaptured, { ...facts(order), payment_id })
  const moved = ({ order_id, user_id }: OrderView, status: contracts.DeliveryStatus) =>
    message(contracts.deliveryStatusUpdated, {
      order_id,
      user_id,
      delivery_id: newId(),
      status,
      by: 'courier',
      note: null,
    })
  const cancellation = ({ order_id, user_id }: OrderView) =>
    message(contracts.cancelOrderCommand, { order_id, user_id, reason: 'TIMED_OUT' })

  describe('create_order', () => {
    it('keeps the order with the catalog’s names and prices, and says so in the same transaction', async () => {
      const order = answered(await create())
      const item = { product_id: tea.product_id, name: 'Tea', quantity: 2, price: tea.price }
      assert.deepEqual([order.status, order.total, order.items], ['PENDING', { amount: 200, currency: 'EUR' }, [item]])
      assert.deepEqual(answered(await get(order.order_id)), order)
      const [event] = await rows('select data from messaging.outbox where aggregate = $1', order.order_id)
      assert.deepEqual(event?.data, { ...facts(order), items: [item] })
    })

    it('refuses what the catalog does not offer, and keeps nothing', async () => {
      products = [{ ...tea, active: false }]
      const before = await rows('select count(*) from orders')
      assert.equal(refusal(await create()), 'unknown_product')
      assert.deepEqual(await rows('select count(*) from orders'), before)
    })

    it('answers a repeated key with the same order as it is now, whatever the catalog says by then', async () => {
      const idempotency_key = newId()
      const first = answered(await create({ idempotency_key }))
      await hearAll([reserved(first)])
      products = []
      asked.length = 0
      const again = answered(await create({ idempotency_key }))
      assert.deepEqual([again.order_id, again.status, asked], [first.order_id, 'RESERVED', []])
      assert.deepEqual(await said(first.order_id), ['order_created'])
    })

    it('refuses a key that was used for something else, and lets two users have the same key', async () => {
      const idempotency_key = newId()
      const first = answered(await create({ idempotency_key }))
      for (const wish of [
        { delivery_address: 'Tverskaya 2' },
        { items: [{ product_id: tea.product_id, quantity: 3 }] },
        { items: [{ product_id: tea.product_id, quantity: 2, price: 100 }] },
      ]) {
        assert.equal(refusal(await create({ idempotency_key, ...wish })), 'idempotency_conflict')
      }
      assert.notEqual(answered(await create({ idempotency_key }, bob)).order_id, first.order_id)
    })

    it('makes one order of requests with one key that come at the same time', async () => {
      const idempotency_key = newId()
      const same = await Promise.all(Array.from({ length: 8 }, () => create({ idempotency_key })))
      const ids = new Set(same.map((answer) => answered(answer).order_id))
      assert.equal(ids.size, 1)
      for (const order_id of ids) assert.deepEqual(await said(order_id), ['order_created'])

      const key = newId()
      const address = (n: number) => ({ idempotency_key: key, delivery_address: `Tverskaya ${n}` })
      const different = await Promise.all([1, 2, 3].map((n) => create(address(n))))
      assert.equal(different.filter((answer) => answer instanceof Rejection).length, 2)
    })
  })

  describe('messages', () => {
    it('take orders on, each at its own place, in one batch', async () => {
      const [one, two, three] = [answered(await create()), answered(await create()), answered(await create())]
      const payment_id = newId()
      await hearAll([
        reserved(one),
        reserved(two),
        captured(one, payment_id),
        moved(one, 'IN_TRANSIT'),
        reserved(three),
        moved(one, 'DELIVERED'),
        captured(two),
      ])
      const done = answered(await get(one.order_id))
      assert.deepEqual([done.status, done.payment_id], ['COMPLETED', payment_id])
      assert.deepEqual(await said(one.order_id), ['order_created', 'order_paid', 'order_completed'])
      assert.equal(answered(await get(two.order_id)).status, 'PAID')
      assert.equal(answered(await get(three.order_id)).status, 'RESERVED')
    })

    it('cancel once', async () => {
      const order = answered(await create())
      await hearAll([cancellation(order), cancellation(order)])
      await hearAll([cancellation(order), reserved(order)])
      const { status, reason } = answered(await get(order.order_id))
      assert.deepEqual([status, reason], ['CANCELLED', 'TIMED_OUT'])
      assert.deepEqual(await said(order.order_id), ['order_created', 'order_cancelled'])
    })

    it('about an order that is not known fail, with all of their batch, and can come again', async () => {
      const order = answered(await create())
      const batch = [reserved(order), reserved({ ...order, order_id: newId() })]
      await assert.rejects(hearAll(batch), /not known here/)
      assert.equal(await statusInDatabase(order.order_id), 'PENDING')
      await hearAll(batch.slice(0, 1))
      assert.equal(await statusInDatabase(order.order_id), 'RESERVED')
    })

    it('that reach two replicas in opposite order do not lock each other out', async () => {
      const orders = await Promise.all(Array.from({ length: 30 }, async () => answered(await create())))
      const deliveries = orders.map((order) => moved(order, 'IN_TRANSIT'))
      await Promise.all([
        hearAll([...orders.map((order) => reserved(order)), ...orders.toReversed().map((order) => captured(order))]),
        hearAll(deliveries.toReversed()),
        hearAll(orders.toReversed().map((order) => reserved(order))),
      ])
      for (const { order_id } of orders) {
        assert.equal(await statusInDatabase(order_id), 'IN_DELIVERY')
        assert.deepEqual(await said(order_id), ['order_created', 'order_paid'])
      }
    })
  })

  describe('get_order_status', () => {
    it('shows an order to its customer and to administrators, from the database and from the cache', async () => {
      const { order_id } = answered(await create())
      for (const _ of ['database', 'cache']) {
        assert.equal(refusal(await get(order_id, bob)), 'not_found')
        assert.equal(answered(await get(order_id, admin)).order_id, order_id)
        assert.equal(answered(await get(order_id)).order_id, order_id)
      }
      assert.equal(refusal(await get(newId())), 'not_found')
    })

    it('answers from the cache, which every change renews', async () => {
      const order = answered(await create())
      await hearAll([reserved(order)])
      const kept = async () => (await context.cache.read(order.order_id))?.status
      const within = async (status: string) => {
        for (let i = 0; i < 100 && (await kept()) !== status; i++) await new Promise((next) => setTimeout(next, 5))
        assert.equal(await kept(), status)
      }
      await within('RESERVED')
      await hearAll([captured(order)])
      await within('PAID')
      await rows('delete from orders where order_id = $1', order.order_id)
      assert.equal(answered(await get(order.order_id)).status, 'PAID')
    })

    it('never covers a newer view with an older one', async () => {
      const view = answered(await create())
      await context.cache.write([{ view: { ...view, status: 'PAID' }, version: 10 }])
      await context.cache.write([{ view: { ...view, status: 'RESERVED' }, version: 9 }])
      assert.equal((await context.cache.read(view.order_id))?.status, 'PAID')
    })

    it('answers from the database while Redis is away', async () => {
      const { resources, close } = await openCache({ settings: { REDIS_URL: 'redis://127.0.0.1:1' }, log })
      const order = answered(await create())
      const answer = await handle.get({ order_id: order.order_id }, { ...context, ...resources }, ann)
      assert.deepEqual(answered(answer), order)
      await close()
    })
  })

  describe('cancel_order', () => {
    it('asks the delivery service, and answers the order as it is', async () => {
      const order = answered(await create())
      asked.length = 0
      assert.deepEqual(answered(await cancel(order.order_id)), order)
      assert.deepEqual(asked, ['delivery.cancel'])
      cancelAnswer = () => reject('cancel_too_late', 'It has left.')
      assert.equal(refusal(await cancel(order.order_id)), 'cancel_too_late')
      cancelAnswer = () => {
        throw new Unavailable('delivery is not running.')
      }
      await assert.rejects(cancel(order.order_id), Unavailable)
    })

    it('asks nobody about an order that is on its way, over, or not the caller’s', async () => {
      const [left, completed, cancelled] = [
        answered(await create()),
        answered(await create()),
        answered(await create()),
      ]
      await hearAll([moved(left, 'IN_TRANSIT'), moved(completed, 'DELIVERED'), cancellation(cancelled)])
      asked.length = 0
      assert.equal(refusal(await cancel(left.order_id)), 'cancel_too_late')
      assert.equal(refusal(await cancel(completed.order_id)), 'cancel_too_late')
      assert.equal(answered(await cancel(cancelled.order_id)).status, 'CANCELLED')
      assert.equal(refusal(await cancel(left.order_id, bob)), 'not_found')
      assert.equal(refusal(await cancel(newId())), 'not_found')
      assert.deepEqual(asked, [])
    })
  })
})
