// The OpenAPI document is valid and says of each operation what the gateway does.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { problemsOf } from './http.ts'
import { openApiDocument } from './openapi.ts'
import { problems } from './problem.ts'
import { httpOperations } from './topology.ts'

const document = openApiDocument()
const plain = () => structuredClone(document)

type Parameter = { name: string; in: string; required: boolean; schema: Record<string, unknown> }

const parametersOf = (path: string) => document.paths[path]?.get?.parameters as Parameter[]

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  assert.deepEqual(await validator.validate(plain()), { valid: true })
  assert.equal(validator.version, '3.1')
})

test('the validator would notice', async () => {
  const broken = plain()
  Object.assign(broken.paths['/api/orders']?.post ?? {}, { responses: 'none' })
  assert.equal((await new Validator().validate(broken)).valid, false)
})

test('every reference points to a component', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)]
  assert.ok(references.length > 0)
  assert.equal(references.length, JSON.stringify(document).split('"$ref"').length - 1)
  for (const [reference, kind, name] of references) {
    const components: Record<string, Record<string, unknown>> = document.components
    assert.ok(components[kind ?? '']?.[name ?? ''], reference)
  }
})

for (const operation of httpOperations) {
  test(`${operation.id} is documented with every problem it can answer`, () => {
    const entry = document.paths[operation.path]?.[operation.method]
    assert.equal(entry?.operationId, operation.id)
    assert.equal((entry.security as unknown[]).length, operation.access === 'public' ? 0 : 1)
    const statuses = new Set([operation.status, ...problemsOf(operation).map((code) => problems[code].status)])
    assert.deepEqual(Object.keys(entry.responses as object), [...statuses].sort((a, b) => a - b).map(String))
  })
}

test('input, access and body decide which problems the gateway adds', () => {
  const of = (id: string) => {
    const operation = httpOperations.find((candidate) => candidate.id === id)
    assert.ok(operation, id)
    return problemsOf(operation)
  }
  const always = ['too_many_requests', 'internal', 'unavailable', 'timeout']
  assert.deepEqual(of('listProducts'), ['invalid_request', ...always])
  assert.deepEqual(of('getBalance'), ['unauthenticated', 'not_found', ...always])
  assert.deepEqual(of('createUser'), [
    'invalid_request',
    'unauthenticated',
    'forbidden',
    'email_taken',
    'body_too_large',
    'unsupported_media_type',
    ...always,
  ])
})

test('a public operation asks for no token, a role is named', () => {
  assert.deepEqual(document.paths['/api/products']?.get?.security, [])
  assert.deepEqual(document.paths['/api/orders']?.post?.security, [{ bearer: [] }])
  assert.deepEqual(document.paths['/api/products']?.post?.security, [{ bearer: ['admin'] }])
})

test('query and header parameters are optional unless the contract asks for them', () => {
  assert.deepEqual(parametersOf('/api/products'), [
    { name: 'q', in: 'query', required: false, schema: { type: 'string', maxLength: 100 } },
    { name: 'limit', in: 'query', required: false, schema: { default: 20, type: 'integer', minimum: 1, maximum: 100 } },
    { name: 'cursor', in: 'query', required: false, schema: { type: 'string', maxLength: 200 } },
  ])
  assert.deepEqual(
    parametersOf('/api/orders/{order_id}/events').map(({ name, required }) => [name, required]),
    [
      ['order_id', true],
      ['Last-Event-ID', false],
    ],
  )
})

test('the server is the one that is asked for', () => {
  assert.deepEqual(openApiDocument('https://shop.example').servers, [{ url: 'https://shop.example' }])
})
