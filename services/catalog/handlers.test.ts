import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Caller, listProducts, type OutputOf, type reviewCreated } from '@deliveryflow/contracts'
import { type Database, type Message, newId, Rejection } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import { cursorAfter } from './domain.ts'
import * as handle from './handlers.ts'

let scratch: ScratchDatabase
let db: Database
let context: handle.CatalogContext
before(async () => {
  scratch = await scratchDatabase()
  await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
  db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, createLog('test', 'silent'))
  // These handlers take nothing from their context but the database.
  context = { db, transaction: transactions(db, 'catalog', () => undefined) } as unknown as handle.CatalogContext
})
after(async () => {
  await db?.end()
  await scratch?.drop()
})
const query = async (text: string) => (await db.query({ name: '', text, values: [] })).rows
beforeEach(() => query('truncate products, counted_reviews'))

const admin: Caller = { user_id: newId(), role: 'admin' }
const answered = <T>(answer: T | Rejection): T => {
  if (answer instanceof Rejection) assert.fail(`${answer.code}: ${answer.detail}`)
  return answer
}
const add = async (name: string, description = '') =>
  answered(await handle.create({ name, description, price: { amount: 100, currency: 'EUR' } }, context, admin))
const page = (query: { q?: string; limit?: number; cursor?: string }) =>
  handle.list(listProducts.input.parse(query), context, undefined)
const names = (answer: Rejection | OutputOf<typeof listProducts>) => answered(answer).items.map(({ name }) => name)

describe('catalog.list', () => {
  it('walks over all active products once, by name, whatever the size of a page', async () => {
    for (const name of ['b', 'a', 'c', 'a', 'Ä', 'a', 'b']) await add(name)
    const withdrawn = await add('b')
    await handle.update({ product_id: withdrawn.product_id, active: false }, context, admin)
    const whole = answered(await page({ limit: 100 }))
    assert.equal(whole.items.length, 7)
    assert.equal(whole.next_cursor, null)
    for (const limit of [1, 2, 3, 7]) {
      const walked: string[] = []
      for (let cursor: string | undefined, more = true; more; ) {
        const { items, next_cursor } = answered(await page({ limit, ...(cursor === undefined ? {} : { cursor }) }))
        walked.push(...items.map(({ product_id }) => product_id))
        more = next_cursor !== null
        cursor = next_cursor ?? undefined
      }
      assert.deepEqual(
        walked,
        whole.items.map(({ product_id }) => product_id),
      )
    }
  })

  it('finds a word of name or description in any case, and takes wildcards by the letter', async () => {
    await add('Espresso cup', 'Porcelain')
    await add('Pan', '100% steel, for an ESPRESSO too')
    await add('Pot', 'under_score')
    assert.deepEqual(names(await page({ q: 'espresso' })), ['Espresso cup', 'Pan'])
    assert.deepEqual(names(await page({ q: '0%' })), ['Pan'])
    assert.deepEqual(names(await page({ q: 'r_s' })), ['Pot'])
    assert.deepEqual(names(await page({ q: '%' })), ['Pan'])
    assert.deepEqual(names(await page({ q: 'tea' })), [])
    assert.deepEqual(names(await page({ q: '' })), ['Espresso cup', 'Pan', 'Pot'])
    const first = answered(await page({ q: 'espresso', limit: 1 }))
    assert.deepEqual(names(await page({ q: 'espresso', cursor: first.next_cursor ?? '' })), ['Pan'])
  })

  it('refuses a cursor that it never gave', async () => {
    for (const cursor of ['', 'nonsense', cursorAfter(randomUUID())]) {
      const answer = await page({ cursor })
      assert.equal(answer instanceof Rejection && answer.code, 'invalid_request')
    }
  })
})

describe('catalog.get and catalog.update', () => {
  it('knows withdrawn products and leaves out unknown ones', async () => {
    const { product_id } = await add('Cup')
    const changed = await handle.update({ product_id, active: false }, context, admin)
    const { products } = answered(await handle.get({ product_ids: [product_id, newId()] }, context, undefined))
    assert.deepEqual(products, [changed])
    assert.equal(products[0]?.active, false)
  })

  it('changes what is given and nothing else', async () => {
    const cup = await add('Cup', 'Porcelain')
    const price = { amount: 990, currency: 'USD' }
    assert.deepEqual(await handle.update({ product_id: cup.product_id, price }, context, admin), { ...cup, price })
    const unknown = await handle.update({ product_id: newId(), price }, context, admin)
    assert.equal(unknown instanceof Rejection && unknown.code, 'not_found')
  })
})

describe('review_created', () => {
  const review = (product_id: string, rating: number) => {
    const data = { review_id: newId(), product_id, user_id: newId(), rating }
    return { id: newId(), data } as Message<typeof reviewCreated>
  }
  const hear = async (...messages: Message<typeof reviewCreated>[]) => {
    const { countReviews } = handle
    assert.ok('batch' in countReviews)
    await context.transaction((tx) => countReviews.batch(messages, tx, context))
  }

  it('rates each product of a batch, and ignores unknown ones', async () => {
    const [cup, pan] = [await add('Cup'), await add('Pan')]
    await hear(review(cup.product_id, 5), review(pan.product_id, 1), review(newId(), 3), review(cup.product_id, 4))
    const { products } = answered(
      await handle.get({ product_ids: [cup.product_id, pan.product_id] }, context, undefined),
    )
    const ratings = Object.fromEntries(products.map(({ name, rating }) => [name, rating]))
    assert.deepEqual(ratings, { Cup: { average: 4.5, count: 2 }, Pan: { average: 1, count: 1 } })
  })

  it('counts a review once, however often it is heard', async () => {
    const { product_id } = await add('Cup')
    const once = review(product_id, 5)
    await hear(once, once)
    await Promise.all([hear(once), hear(review(product_id, 2), once)])
    const { products } = answered(await handle.get({ product_ids: [product_id] }, context, undefined))
    assert.deepEqual(products[0]?.rating, { average: 3.5, count: 2 })
  })
})
