// Every message and call has an example that its own contract takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { z } from 'zod'
import { schemaWriter } from './json-schema.ts'
import { calls, messages } from './relations.ts'
import { sampleOf } from './samples.ts'

const writer = schemaWriter('draft-07')

const isTaken = (schema: z.ZodType, io: 'input' | 'output') => {
  const sample = sampleOf(writer.write(schema, io), writer.components)
  assert.deepEqual(schema.safeParse(sample).error?.issues, undefined, JSON.stringify(sample))
}

for (const { subject, data } of messages) test(`${subject}: its example is valid`, () => isTaken(data, 'output'))

for (const { subject, input, output } of calls) {
  test(`${subject}: the examples of its question and answer are valid`, () => {
    isTaken(input, 'input')
    isTaken(output, 'output')
  })
}
