import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Client, courier, customer, deliveryOf, orderIs, orderOf, product, signIn, until } from '../client.ts'
import { lettersTo, query, type TestSystem, testSystem } from '../harness.ts'

describe('an order that cannot be fulfilled', () => {
  let system: TestSystem
  let admin: Client
  before(async () => {
    system = await testSystem()
    admin = await signIn(system.url, system.admin.email, system.admin.password)
    await courier(admin)
  })

  /** After each failure: money and stock are what they were, the reason is told, one letter of grief. */
  const undone = async (
    ann: Client,
    order_id: string,
    reason: string,
    { balance, thing, stock }: { balance: number; thing: string; stock: number },
  ) => {
    const order = await orderIs(ann, order_id, 'CANCELLED')
    assert.equal(order.reason, reason)
    assert.equal((await ann.get('/api/accounts/balance')).body.balance, balance)
    assert.equal((await ann.get(`/api/products/${thing}`)).body.stock, stock)
    const [sum] = await query<{ sum: string }>(
      system.databases.payment,
      'select sum(amount) from ledger_entries where reference = $1',
      [order_id],
    )
    assert.equal(Number(sum?.sum ?? 0), 0)
    const grief = async () =>
      (await lettersTo(system, ann.email)).filter(({ text }) => text.includes(order_id) && /cancel/i.test(text))
    await until('the letter of grief arrived', async () => (await grief()).length > 0)
    assert.equal((await grief()).length, 1)
    await until('the saga is over', async () => {
      const [saga] = await query<{ status: string }>(
        system.databases.saga,
        'select status from sagas where order_id = $1',
        [order_id],
      )
      return saga?.status === 'CANCELLED'
    })
  }

  it('for lack of stock', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin, { stock: 1 })
    const placed = await ann.post('/api/orders', orderOf(thing, 2))
    assert.equal(placed.status, 201)
    await undone(ann, placed.body.order_id, 'OUT_OF_STOCK', { balance: 100_000, thing, stock: 1 })
  })

  it('for lack of money', async () => {
    const ann = await customer(system.url, { funds: 500 })
    const thing = await product(admin, { price: 1000, stock: 5 })
    const refused = await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
    assert.equal(refused.status, 406)
    assert.equal(refused.body.code, 'insufficient_funds')
    assert.equal(refused.headers.get('content-type')?.split(';')[0], 'application/problem+json')
    const [row] = await query<{ order_id: string }>(
      system.databases.order,
      'select order_id from orders where user_id = $1',
      [ann.user_id],
    )
    await undone(ann, row?.order_id ?? '', 'INSUFFICIENT_FUNDS', { balance: 500, thing, stock: 5 })
  })

  it('because the courier failed: refunded and released', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin, { price: 1000, stock: 5 })
    const placed = await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
    const { delivery_id } = await deliveryOf(ann, placed.body.order_id)
    const move = { status: 'FAILED', note: 'The van broke down.' }
    assert.equal((await ann.post(`/api/deliveries/${delivery_id}/status`, move)).status, 403)
    assert.equal((await admin.post(`/api/deliveries/${delivery_id}/status`, move)).status, 200)
    await undone(ann, placed.body.order_id, 'DELIVERY_FAILED', { balance: 100_000, thing, stock: 5 })
    assert.equal((await ann.get(`/api/orders/${placed.body.order_id}/payment`)).body.status, 'REFUNDED')
  })

  it("by the customer's own wish", async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin, { price: 1000, stock: 5 })
    const placed = await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
    const cancelled = await ann.post(`/api/orders/${placed.body.order_id}/cancel`)
    assert.equal(cancelled.status, 202)
    assert.equal((await ann.post(`/api/orders/${placed.body.order_id}/cancel`)).status, 202, 'asking again is no error')
    await undone(ann, placed.body.order_id, 'CUSTOMER', { balance: 100_000, thing, stock: 5 })
  })

  it('by a wish that comes before the payment', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin, { price: 1000, stock: 5 })
    const placed = await ann.post('/api/orders', orderOf(thing))
    assert.equal((await ann.post(`/api/orders/${placed.body.order_id}/cancel`)).status, 202)
    await undone(ann, placed.body.order_id, 'CUSTOMER', { balance: 100_000, thing, stock: 5 })
  })

  it('cannot be cancelled once the parcel is on its way', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const placed = await ann.post('/api/orders', orderOf(await product(admin)))
    await orderIs(ann, placed.body.order_id, 'IN_DELIVERY')
    const late = await ann.post(`/api/orders/${placed.body.order_id}/cancel`)
    assert.equal(late.status, 409)
    assert.equal(late.body.code, 'cancel_too_late')
    await orderIs(ann, placed.body.order_id, 'COMPLETED')
  })
})
