// What review keeps in MongoDB, compared with the history on a running system.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, it } from 'node:test'
import { orderCompleted, reviewCreated } from '@deliveryflow/contracts'
import { newId } from '@deliveryflow/kit'
import { outgoing } from '@deliveryflow/kit/messaging/envelope'
import { type Client, customer, orderIs, orderOf, product, signIn, until } from '../../../tests/client.ts'
import { testSystem } from '../../../tests/harness.ts'
import { openLocal } from '../local.ts'
import { withMongo } from '../mongo.ts'
import type { Target } from '../target.ts'
import { reviewsBetween, withoutPurchases } from './reviews.ts'
import { notInHistory, publishAgain } from './said.ts'
import type { Said } from './store.ts'

const begun = new Date()
let target: Target
let buyer: Client
let thing: string
let order_id: string

before(async () => {
  const system = await testSystem()
  target = openLocal(system.dir ?? '')
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const email = `courier-${randomUUID()}@example.com`
  await admin.post('/api/users', { email, password: 'a courier password', name: 'Olga', role: 'courier' })
  buyer = await customer(system.url, { funds: 1000 })
  thing = await product(admin)
  order_id = (await buyer.post('/api/orders', orderOf(thing))).body.order_id
  await orderIs(buyer, order_id, 'COMPLETED', 60)
})
after(() => target?.close())

const said = async (review_id: string): Promise<Said[]> => {
  const found: Said[] = []
  for await (const page of reviewsBetween(target, begun, new Date(Date.now() + 1000), 2))
    found.push(...page.filter(({ data }) => data.includes(review_id)))
  return found
}

it('a review that was said is in the history; one that was lost is found and published again', async () => {
  const review = { product_id: thing, rating: 4, text: 'Good.' }
  let review_id = ''
  await until('it may be reviewed', async () => {
    const { status, body } = await buyer.post('/api/reviews', review)
    review_id = body.review_id
    return status === 201
  })
  await until('it was said', async () => (await said(review_id)).length === 1)
  await until('it is in the history', async () => (await notInHistory(target, await said(review_id))).length === 0)

  // As it lies there when the stream that it was published to is lost.
  const { product_id, rating } = review
  const [_id, data] = [newId(), { product_id, rating, user_id: randomUUID() }]
  const message = outgoing('review', reviewCreated, { ...data, review_id: _id })
  const lost = { ...message, data: JSON.stringify(message.data) }
  const document = { _id, ...data, text: 'Lost.', created_at: new Date(), outbox: [lost] }
  await withMongo(await target.mongodb(), (db) => db.collection<typeof document>('reviews').insertOne(document))
  const missing = await notInHistory(target, await said(_id))
  assert.deepEqual(missing, [{ ...lost, headers: JSON.stringify(lost.headers) }])
  await publishAgain(target, missing)
  await until('it is in the history', async () => (await notInHistory(target, missing)).length === 0)
})

it('an order whose purchases were not noted was not handled', async () => {
  const completed = (user_id: string): Said => ({
    id: randomUUID(),
    subject: orderCompleted.subject,
    aggregate: order_id,
    headers: '{}',
    data: JSON.stringify({
      order_id,
      user_id,
      total: { amount: 1000, currency: 'RUB' },
      items: [{ product_id: thing, name: 'Thing', quantity: 1, price: { amount: 1000, currency: 'RUB' } }],
    }),
  })
  const [handled, missed] = [completed(buyer.user_id), completed(randomUUID())]
  await until('its purchase is noted', async () => (await withoutPurchases(target, [handled])).length === 0)
  assert.deepEqual(await withoutPurchases(target, [handled, missed]), [missed])
})
