// Building the ratings anew on a real database: they are what they were, and the products are not touched.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Projection, projectionOn, recordsOf } from '@deliveryflow/kit/projection/testing'
import { scratchDatabase } from '@deliveryflow/local/testing'
import fc from 'fast-check'
import service from './service.ts'

let projection: Projection
before(async () => {
  projection = await projectionOn({
    service,
    scratch: await scratchDatabase(),
    migrations: new URL('./migrations', import.meta.url),
    context: {},
  })
})
after(() => projection?.drop())

it('the ratings, built anew, equal those that served, however live reviews and the replay interleave', async () => {
  const id = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`
  const review = fc.record({ product: fc.nat(2), rating: fc.integer({ min: 1, max: 5 }) })
  const step = fc.record({ live: fc.boolean(), size: fc.integer({ min: 1, max: 7 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(review, { minLength: 1, maxLength: 30 }),
      fc.array(step, { maxLength: 12 }),
      fc.nat(30),
      async (reviews, steps, before) => {
        await projection.forget()
        const events = reviews.map(({ product, rating }, n) => {
          const data = { review_id: id(n), product_id: id(product), user_id: id(n), rating }
          return { id: id(1000 + n), type: 'review_created', aggregate: data.product_id, time: new Date(n), data }
        })
        assert.deepEqual(await projection.rebuild(recordsOf(events), steps, { before }), [])
        const [counted] = await projection.sql('select sum(count)::int as reviews, sum(sum)::int as stars from ratings')
        const stars = reviews.reduce((sum, { rating }) => sum + rating, 0)
        assert.deepEqual(counted, { reviews: reviews.length, stars })
      },
    ),
    { numRuns: 40 },
  )
})
