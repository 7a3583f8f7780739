import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Client, courier, customer, orderIs, orderOf, product, signIn, until } from '../client.ts'
import { lettersTo, type TestSystem, testSystem } from '../harness.ts'

describe('the journey of an order', () => {
  let system: TestSystem
  let admin: Client
  before(async () => {
    system = await testSystem()
    admin = await signIn(system.url, system.admin.email, system.admin.password)
    await courier(admin)
  })

  it('goes from PENDING to COMPLETED, and everybody can see how', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin, { price: 2500, stock: 10 })

    const placed = await ann.post('/api/orders', orderOf(thing, 2))
    assert.equal(placed.status, 201)
    assert.equal(placed.body.status, 'PENDING')
    assert.deepEqual(placed.body.total, { amount: 5000, currency: 'RUB' })
    const { order_id } = placed.body

    const done = await orderIs(ann, order_id, 'COMPLETED')
    assert.equal(done.reason, null)
    const payment = await ann.get(`/api/orders/${order_id}/payment`)
    assert.equal(payment.body.status, 'CAPTURED')
    assert.equal(payment.body.payment_id, done.payment_id)
    const delivery = await ann.get(`/api/orders/${order_id}/delivery`)
    assert.equal(delivery.body.status, 'DELIVERED')
    assert.equal((await ann.get('/api/accounts/balance')).body.balance, 95_000)
    const ledger = (await ann.get('/api/accounts/ledger')).body.items
    assert.deepEqual(
      ledger.map((entry: { [field: string]: unknown }) => [
        entry.kind,
        entry.amount,
        entry.order_id,
        entry.balance_after,
      ]),
      [
        ['CAPTURE', -5000, order_id, 95_000],
        ['DEPOSIT', 100_000, null, 100_000],
      ],
    )
    assert.equal((await ann.get(`/api/products/${thing}`)).body.stock, 8)

    const journey = [
      'order_created',
      'inventory_reserved',
      'payment_captured',
      'order_paid',
      'delivery_assigned',
      'delivery_status_updated',
      'delivery_status_updated',
      'delivery_status_updated',
      'order_completed',
    ]
    await until('the audit index holds the whole journey', async () => {
      const audit = await admin.get(`/api/audit/events?order_id=${order_id}`)
      return audit.body.items.length === journey.length
    })
    const audit = await admin.get(`/api/audit/events?order_id=${order_id}`)
    const types = audit.body.items.map((item: { type: string }) => item.type)
    assert.deepEqual([...types].sort(), [...journey].sort())
    assert.equal(types[0], 'order_created')
    assert.equal(types.at(-1), 'order_completed')
    const sequences = audit.body.items.map((item: { sequence: number }) => item.sequence)
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => a - b),
    )

    await until(
      'the timeline is complete',
      async () => (await ann.get(`/api/orders/${order_id}/timeline`)).body.entries?.length === journey.length,
    )
    await until('all letters arrived', async () => (await lettersTo(system, ann.email)).length === 6)
    const subjects = (await lettersTo(system, ann.email)).map(({ subject }) => subject)
    assert.equal(
      new Set(subjects).size,
      6,
      `welcome, verification, paid, in transit, out for delivery, delivered: ${subjects.join(' | ')}`,
    )
  })

  it('holds the answer until the payment with Prefer: wait', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const placed = await ann.post('/api/orders', orderOf(await product(admin)), { prefer: 'wait=10' })
    assert.equal(placed.status, 201)
    assert.equal(placed.body.status, 'PAID')
    assert.ok(placed.body.payment_id)
  })

  it('makes one order of one Idempotency-Key', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin)
    const headers = { 'idempotency-key': 'my cart' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => ann.post('/api/orders', orderOf(thing), headers)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => body.order_id)).size, 1)
    const other = await ann.post('/api/orders', orderOf(thing, 2), headers)
    assert.equal(other.status, 409)
    assert.equal(other.body.code, 'idempotency_conflict')
  })

  it('lists own orders by filter and page', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const [cheap, dear] = [await product(admin, { price: 100 }), await product(admin, { price: 20_000 })]
    for (const thing of [cheap, cheap, dear]) await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
    const list = async (query: string) => (await ann.get(`/api/orders${query}`)).body.items
    // Not by PAID: the couriers walk on meanwhile, and the first may have left when the third is paid.
    await until(
      'the read model has seen all three to their end',
      async () => (await list('?status=COMPLETED')).length === 3,
    )
    assert.equal((await list('?status=PAID')).length, 0)
    assert.equal((await list(`?product_id=${cheap}`)).length, 2)
    assert.equal((await list('?total_min=10000')).length, 1)
    assert.equal((await list(`?to=${new Date(0).toISOString()}`)).length, 0)
    const first = await ann.get('/api/orders?limit=2')
    const second = await ann.get(`/api/orders?limit=2&cursor=${first.body.next_cursor}`)
    assert.deepEqual([first.body.items.length, second.body.items.length, second.body.next_cursor], [2, 1, null])
    assert.equal((await list(`?cursor=nonsense`))?.length, undefined)
  })

  it('is followed live', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const placed = await ann.post('/api/orders', orderOf(await product(admin)))
    const stream = await fetch(`${system.url}/api/orders/${placed.body.order_id}/events`, {
      headers: { authorization: `Bearer ${ann.token}` },
      signal: AbortSignal.timeout(30_000),
    })
    assert.equal(stream.headers.get('content-type')?.split(';')[0], 'text/event-stream')
    const text = await stream.text() // The stream ends with the order.
    const statuses = [...text.matchAll(/^event: status\ndata: .*"status":"(\w+)"/gm)].map((match) => match[1])
    assert.deepEqual(statuses, ['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED'])
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1])
    assert.equal(new Set(ids).size, ids.length)
  })

  it('lets a product be reviewed by who received it, once', async () => {
    const ann = await customer(system.url, { funds: 100_000 })
    const thing = await product(admin)
    const review = { product_id: thing, rating: 4, text: 'Good.' }
    assert.equal((await ann.post('/api/reviews', review)).body.code, 'not_received')
    const placed = await ann.post('/api/orders', orderOf(thing))
    await orderIs(ann, placed.body.order_id, 'COMPLETED')
    const awaited = async () => (await ann.get('/api/reviews/awaited')).body.items
    await until('the product awaits a review', async () => (await awaited()).length === 1)
    assert.equal((await awaited())[0].product_id, thing)
    const made = await ann.post('/api/reviews', review)
    assert.equal(made.status, 201)
    assert.deepEqual(await awaited(), [])
    assert.deepEqual((await ann.get('/api/reviews')).body, { items: [made.body], next_cursor: null })
    assert.equal((await ann.post('/api/reviews', review)).body.code, 'already_reviewed')
    const reviews = await ann.get(`/api/products/${thing}/reviews`)
    assert.deepEqual(reviews.body.rating, { average: 4, count: 1 })
    await until(
      'the catalog knows the rating',
      async () => (await ann.get(`/api/products/${thing}`)).body.rating.count === 1,
    )
    await until('thanks arrived', async () => (await lettersTo(system, ann.email)).length === 7)
  })
})
