// The JSON Schemas of documents: named schemas become components, answers stay open, noise is gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { schemaWriter } from './json-schema.ts'

test('a named schema becomes a component wherever it stands, in both dialects', () => {
  const named = z.strictObject({ inner: z.string() }).meta({ id: 'JsonSchemaTestNamed' })
  const reference = { $ref: '#/components/schemas/JsonSchemaTestNamed' }
  for (const dialect of ['draft-07', 'draft-2020-12'] as const) {
    const writer = schemaWriter(dialect)
    assert.deepEqual(writer.write(named, 'output'), reference)
    assert.deepEqual(writer.write(z.array(named), 'output').items, reference)
    assert.deepEqual(writer.components, {
      JsonSchemaTestNamed: {
        type: 'object',
        properties: { inner: { type: 'string' } },
        required: ['inner'],
        additionalProperties: false,
      },
    })
  }
})

test('one id for an input and an output that differ is refused', () => {
  const writer = schemaWriter('draft-2020-12')
  const named = z.object({ size: z.int().default(1) }).meta({ id: 'JsonSchemaTestTwoFaced' })
  writer.write(named, 'input')
  assert.throws(() => writer.write(named, 'output'), /Two different schemas have the id "JsonSchemaTestTwoFaced"/)
})

test('answers may gain fields; strict objects may not', () => {
  const writer = schemaWriter('draft-2020-12')
  assert.equal(writer.write(z.object({}), 'output').additionalProperties, undefined)
  assert.equal(writer.write(z.strictObject({}), 'output').additionalProperties, false)
})

test('formats replace their patterns, other patterns and real bounds stay', () => {
  const { write } = schemaWriter('draft-2020-12')
  assert.deepEqual(write(z.uuid(), 'input'), { type: 'string', format: 'uuid' })
  assert.deepEqual(write(z.int(), 'input'), { type: 'integer' })
  assert.deepEqual(write(z.int().min(1).max(5), 'input'), { type: 'integer', minimum: 1, maximum: 5 })
  assert.equal(write(z.string().regex(/^[A-Z]{3}$/), 'input').pattern, '^[A-Z]{3}$')
})
