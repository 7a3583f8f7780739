import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type DataOf, orderCompleted } from '@deliveryflow/contracts'
import { type Message, Rejection } from '@deliveryflow/kit'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { testBackends } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { openStore } from './store.ts'

const log = createLog('review-test', 'silent')

describe('review on MongoDB', () => {
  let opened: Awaited<ReturnType<typeof openStore>>
  let context: handle.ReviewContext

  before(async () => {
    const { mongodb_url } = await testBackends()
    const url = new URL(mongodb_url)
    url.pathname = `/test_review_${randomUUID().slice(0, 8)}`
    const settings = { MONGODB_URL: url.href } as handle.ReviewContext['settings']
    opened = await openStore({ settings, log })
    context = { settings, log, call: async () => assert.fail('review calls nobody'), ...opened.resources }
  })
  after(async () => {
    await (await opened.resources.mongo.database()).dropDatabase()
    await opened.close()
  })

  const completed = async (user_id: string, ...products: string[]) => {
    const price = { amount: 100, currency: 'EUR' }
    const items = products.map((product_id) => ({ product_id, name: 'a cup', quantity: 1, price }))
    const data: DataOf<typeof orderCompleted> = { order_id: randomUUID(), user_id, total: price, items }
    const message = { type: orderCompleted.type, data, time: new Date() } as Message<typeof orderCompleted>
    assert.ok('each' in handle.notePurchases)
    await handle.notePurchases.each(message, context)
  }
  const review = (user_id: string, product_id: string, rating = 5, text = '') =>
    handle.create({ product_id, rating, text }, context, { user_id, role: 'customer' })
  const refusal = async (answer: Promise<unknown>) => {
    const result = await answer
    assert.ok(result instanceof Rejection)
    return result.code
  }
  const page = async (product_id: string, limit: number, cursor?: string) => {
    const result = await handle.list({ product_id, limit, cursor }, context, undefined)
    assert.ok(!(result instanceof Rejection))
    return result
  }
  const pendingOf = async (product_id: string) => {
    const reviews = (await opened.resources.mongo.database()).collection('reviews')
    return reviews.countDocuments({ product_id, outbox_pending: { $gt: '' } })
  }

  it('takes a review only of who received the product, and says so once', async () => {
    const [user, other, product] = [randomUUID(), randomUUID(), randomUUID()]
    await completed(user, product)
    assert.equal(await refusal(review(other, product)), 'not_received')
    assert.equal(await refusal(review(user, randomUUID())), 'not_received')
    const created = await review(user, product, 4, 'Just right.')
    assert.ok(!(created instanceof Rejection))
    assert.deepEqual((await page(product, 10)).items, [created])
    assert.equal(await pendingOf(product), 1)
  })

  it('takes one review of a product by a user, however often and however fast it comes', async () => {
    const [user, product] = [randomUUID(), randomUUID()]
    await completed(user, product)
    const answers = await Promise.all([1, 2, 3, 4, 5].map((rating) => review(user, product, rating)))
    const refused = answers.filter((answer) => answer instanceof Rejection)
    assert.deepEqual(
      refused.map(({ code }) => code),
      Array(4).fill('already_reviewed'),
    )
    assert.equal((await page(product, 10)).rating.count, 1)
    assert.equal(await pendingOf(product), 1)
  })

  it('notes a purchase once, however often the order is heard of', async () => {
    const [user, product] = [randomUUID(), randomUUID()]
    await Promise.all([completed(user, product, product), completed(user, product)])
    await completed(user, product)
    const purchases = (await opened.resources.mongo.database()).collection('purchases')
    assert.equal(await purchases.countDocuments({ _id: `${user}:${product}` as never }), 1)
  })

  it('lists the newest first, page by page, with the rating of all', async () => {
    const [product, another] = [randomUUID(), randomUUID()]
    for (const rating of [1, 2, 3, 4, 5]) {
      const user = randomUUID()
      await completed(user, product, another)
      await review(user, product, rating)
      await review(user, another, 1)
    }
    const first = await page(product, 3)
    const second = await page(product, 3, first.next_cursor ?? undefined)
    assert.deepEqual(
      [...first.items, ...second.items].map(({ rating }) => rating),
      [5, 4, 3, 2, 1],
    )
    assert.equal(second.next_cursor, null)
    assert.deepEqual(second.rating, { average: 3, count: 5 })
    assert.deepEqual((await page(randomUUID(), 3)).rating, { average: null, count: 0 })
    assert.equal(
      await refusal(handle.list({ product_id: product, limit: 3, cursor: 'nonsense' }, context, undefined)),
      'invalid_request',
    )
  })
})
