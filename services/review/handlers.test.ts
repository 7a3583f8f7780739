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

  const completed = (user_id: string, ...products: string[]) => completedAt(new Date(), user_id, ...products)
  const completedAt = async (time: Date, user_id: string, ...products: string[]) => {
    const price = { amount: 100, currency: 'EUR' }
    const items = products.map((product_id) => ({ product_id, name: 'a cup', quantity: 1, price }))
    const data: DataOf<typeof orderCompleted> = { order_id: randomUUID(), user_id, total: price, items }
    const message = { type: orderCompleted.type, data, time } as Message<typeof orderCompleted>
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

  describe('of one user', () => {
    const asUser = (user_id: string) => {
      const caller = { user_id, role: 'customer' as const }
      const mine = (limit: number, cursor?: string) => handle.listMine({ limit, cursor }, context, caller)
      const awaited = (limit: number, cursor?: string) => handle.listAwaited({ limit, cursor }, context, caller)
      return { mine, awaited }
    }
    /** All items of a list, taken by pages of two. */
    const all = async <Item>(
      list: (limit: number, cursor?: string) => Promise<{ items: Item[]; next_cursor: string | null } | Rejection>,
    ) => {
      const items: Item[] = []
      for (let cursor: string | undefined; ; ) {
        const answer = await list(2, cursor)
        assert.ok(!(answer instanceof Rejection))
        items.push(...answer.items)
        assert.ok(answer.items.length <= 2)
        if (answer.next_cursor === null) return items
        cursor = answer.next_cursor
      }
    }

    it('lists own reviews, newest first, page by page', async () => {
      const [user, other] = [randomUUID(), randomUUID()]
      const products = Array.from({ length: 5 }, () => randomUUID())
      await completed(user, ...products)
      await completed(other, ...products)
      for (const product of products) {
        await review(user, product)
        await review(other, product, 1)
      }
      const listed = await all(asUser(user).mine)
      assert.deepEqual(
        listed.map(({ product_id, rating }) => [product_id, rating]),
        products.toReversed().map((product) => [product, 5]),
      )
      assert.deepEqual(await all(asUser(randomUUID()).mine), [])
      assert.equal(await refusal(asUser(user).mine(2, 'nonsense')), 'invalid_request')
    })

    it('lists what was received and not reviewed, received last first, page by page', async () => {
      const [user, other] = [randomUUID(), randomUUID()]
      const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
      const together = Array.from({ length: 4 }, () => randomUUID())
      const at = (n: number) => new Date(Date.UTC(2026, 0, n))
      await completedAt(at(1), user, first)
      await completedAt(at(2), user, second)
      await completedAt(at(3), user, third)
      await completedAt(at(4), user, ...together)
      await completedAt(at(5), user, first)
      await completedAt(at(6), other, first, randomUUID())
      const received = async () => (await all(asUser(user).awaited)).map(({ product_id }) => product_id)
      assert.deepEqual(await received(), [...together.toSorted().toReversed(), third, second, first])

      await review(user, third)
      await review(user, together[0] ?? assert.fail())
      await review(other, first)
      assert.deepEqual(await received(), [...together.slice(1).toSorted().toReversed(), second, first])
      const last = (await all(asUser(user).awaited)).at(-1)
      assert.equal(last?.received_at, at(1).toISOString(), 'what was bought again was received before')
      assert.equal(await refusal(asUser(user).awaited(2, 'nonsense')), 'invalid_request')
    })
  })
})
