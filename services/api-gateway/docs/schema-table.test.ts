// Schemas as people read them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemaWriter } from '@deliveryflow/contracts/json-schema'
import { id, money } from '@deliveryflow/contracts/values'
import { z } from 'zod'
import { rowsOf, schemaTable } from './schema-table.ts'

const written = (schema: z.ZodType) => {
  const writer = schemaWriter('draft-07')
  return [writer.write(schema, 'input'), writer.components] as const
}
const lines = (schema: z.ZodType) =>
  rowsOf(...written(schema)).map(({ path, type, rules, when }) =>
    when === undefined ? [path, type, ...rules].join(' · ') : `${path} when ${when}`,
  )

test('fields within fields and within lists have a path', () => {
  const order = z.strictObject({
    order_id: id,
    items: z.array(z.object({ price: money.optional(), quantity: z.int().min(1).max(1000) })).min(1),
  })
  assert.deepEqual(lines(order), [
    'order_id · string (uuid) · required',
    'items · list of object · required · items: at least 1',
    'items[].price · Money · optional · no other fields',
    'items[].price.amount · integer · required · 0 to 1,000,000,000,000',
    'items[].price.currency · string · required · matches ^[A-Z]{3}$',
    'items[].quantity · integer · required · 1 to 1,000',
  ])
})

test('what may be null, has a default or is one of several forms says so', () => {
  const letter = z.object({
    to: money.nullable(),
    limit: z.int().default(20),
    letter: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('welcome') }),
      z.object({ kind: z.literal('reset'), ids: z.array(id) }),
    ]),
  })
  assert.deepEqual(lines(letter), [
    'to · Money or null · required · no other fields',
    'to.amount · integer · required · 0 to 1,000,000,000,000',
    'to.currency · string · required · matches ^[A-Z]{3}$',
    'limit · integer · optional · default 20',
    'letter · one of several forms · required',
    'letter when kind = welcome',
    'letter.kind · "welcome" · required',
    'letter when kind = reset',
    'letter.kind · "reset" · required',
    'letter.ids · list of string (uuid) · required',
  ])
})

test('descriptions are text, never markup', () => {
  const schema = z.object({ name: z.string().meta({ description: '<b>"&' }) })
  const { html } = schemaTable('Data', ...written(schema))
  assert.match(html, /<p>&lt;b&gt;&quot;&amp;<\/p>/)
})
