// The HTTP operations agree with themselves and with the calls behind them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { bodyExamples } from './examples.ts'
import { type HttpOperation, problemsOf } from './http.ts'
import { createOrder } from './order.ts'
import { httpOperations, topology } from './topology.ts'

const operations: readonly HttpOperation[] = httpOperations
const keys = (schema: z.ZodType | undefined) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])

test('ids are unique, and so are method and path', () => {
  const ids = new Set(operations.map(({ id }) => id))
  const places = new Set(operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`))
  assert.equal(ids.size, operations.length)
  assert.equal(places.size, operations.length)
})

for (const operation of operations) {
  const { id, method, path, params, query, body, headers, rpc } = operation

  test(`${id}: the path names its params`, () => {
    assert.deepEqual(
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      keys(params),
    )
  })

  test(`${id}: a get has no body, and header names are in lower case, as Node gives them`, () => {
    if (method === 'get') assert.equal(body, undefined)
    for (const name of keys(headers)) assert.equal(name, name.toLowerCase())
  })

  if (body) {
    test(`${id}: its example body is valid`, () => {
      const example = bodyExamples[id as keyof typeof bodyExamples]
      assert.deepEqual(body.safeParse(example).error?.issues, undefined)
    })
  }

  if (rpc) {
    test(`${id}: ${rpc.subject} may be called by the gateway and its refusals are documented`, () => {
      assert.ok((topology['api-gateway'].calls as readonly unknown[]).includes(rpc))
      const documented = problemsOf(operation)
      assert.deepEqual(
        rpc.rejections.filter((code) => !documented.includes(code)),
        [],
      )
    })

    test(`${id}: whom the gateway lets through may ask, and nobody else`, () => {
      assert.equal(rpc.access, operation.access)
    })

    test(`${id}: params, query and body make up the input of ${rpc.subject}`, () => {
      // The key travels as a header over HTTP and as a field of the call.
      const fromHeaders = keys(headers).includes('idempotency-key') ? ['idempotency_key'] : []
      assert.deepEqual([...keys(params), ...keys(query), ...keys(body), ...fromHeaders].sort(), keys(rpc.input).sort())
    })
  }
}

test('createOrder, which the gateway composes, documents the refusals of the call', () => {
  const operation = operations.find(({ id }) => id === 'createOrder')
  assert.ok(operation)
  const documented = problemsOf(operation)
  assert.deepEqual(
    createOrder.rejections.filter((code) => !documented.includes(code)),
    [],
  )
  assert.ok(documented.includes('forbidden'), 'ordering for somebody else')
})
