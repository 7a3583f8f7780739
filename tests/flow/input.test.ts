// Whatever is sent to whichever operation: never a 500, never a change, always a problem document that says what is wrong.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type HttpOperation, httpOperations, isProblemCode } from '@deliveryflow/contracts'
import { bodyExamples } from '@deliveryflow/contracts/examples'
import { calls } from '@deliveryflow/contracts/relations'
import { Rejection } from '@deliveryflow/kit/errors'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Answer, type Client, call, customer, signIn } from '../client.ts'
import { query, type TestSystem, testSystem } from '../harness.ts'

const operations: readonly HttpOperation[] = httpOperations
const withBody = operations.filter(({ body }) => body !== undefined)
const exampleOf = (operation: HttpOperation): Record<string, unknown> => ({
  ...Object.entries(bodyExamples).find(([id]) => id === operation.id)?.[1],
})
/** The path with ids that exist nowhere. */
const pathOf = ({ path }: HttpOperation) => path.replaceAll(/\{\w+\}/g, () => randomUUID())
const isProblem = ({ status, body, headers }: Answer, expected: number | RegExp) => {
  assert.match(
    String(status),
    expected instanceof RegExp ? expected : new RegExp(`^${expected}$`),
    JSON.stringify(body),
  )
  assert.equal(headers.get('content-type')?.split(';')[0], 'application/problem+json')
  assert.equal(body.status, status)
  assert.ok(isProblemCode(body.code), `${body.code} is a published code`)
  assert.ok(body.title && body.type)
}

describe('the HTTP API', () => {
  let system: TestSystem
  let admin: Client
  let ann: Client
  let nats: NatsConnection
  before(async () => {
    system = await testSystem()
    admin = await signIn(system.url, system.admin.email, system.admin.password)
    ann = await customer(system.url)
    nats = await connect(system.nats)
  })
  after(() => nats?.close())
  const send = (operation: HttpOperation, body: unknown, token?: string) =>
    call(system.url, operation.method.toUpperCase(), pathOf(operation), {
      ...(body === undefined ? {} : { body }),
      ...(token === undefined ? {} : { token }),
    })
  const raw = (operation: HttpOperation, body: string, type = 'application/json') =>
    fetch(`${system.url}${pathOf(operation)}`, {
      method: operation.method.toUpperCase(),
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': type },
      body,
    }).then(async (answer) => ({ status: answer.status, body: await answer.json(), headers: answer.headers }))

  describe('refuses who may not', () => {
    const forged = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`
    for (const operation of operations.filter(({ access }) => access !== 'public')) {
      it(`${operation.id}: without a token, and with a forged one`, async () => {
        const body = operation.body && exampleOf(operation)
        isProblem(await send(operation, body), 401)
        isProblem(await send(operation, body, forged), 401)
        const [head, claims] = ann.token.split('.')
        isProblem(await send(operation, body, `${head}.${claims}.${'A'.repeat(86)}`), 401)
      })
    }
    for (const operation of operations.filter(({ access }) => access === 'admin' || access === 'courier')) {
      it(`${operation.id}: a customer`, async () => {
        isProblem(await send(operation, operation.body && exampleOf(operation), ann.token), 403)
      })
    }
    for (const contract of calls.filter(({ access }) => access === 'admin')) {
      it(`${contract.subject}: a customer and a courier, past the gateway as well`, async () => {
        for (const role of ['customer', 'courier'] as const) {
          const answer: unknown = await rpcClient(nats)(contract, {}, { caller: { user_id: ann.user_id, role } })
          assert.equal(answer instanceof Rejection ? answer.code : answer, 'forbidden', role)
        }
      })
    }
    for (const operation of operations.filter(({ path, access }) => /\{order_id\}/.test(path) && access === 'user')) {
      it(`${operation.id}: an order that is not there, or not theirs`, async () => {
        isProblem(await send(operation, undefined, ann.token), 404)
      })
    }
  })

  describe('refuses what does not fit', () => {
    const wrong = [null, [], 'text', { nothing: 'known' }]
    for (const operation of withBody) {
      it(`${operation.id}: bodies that are something else`, async () => {
        for (const body of wrong) isProblem(await send(operation, body, admin.token), 400)
        isProblem(await raw(operation, '{"half":'), 400)
        isProblem(await raw(operation, 'a=b', 'application/x-www-form-urlencoded'), 415)
        isProblem(await raw(operation, JSON.stringify({ text: 'x'.repeat(200_000) })), 413)
      })
      it(`${operation.id}: each field of the wrong type, and one too many`, async () => {
        const example = exampleOf(operation)
        for (const field of Object.keys(example)) {
          for (const value of [{ un: 'expected' }, [[]], '\u0000', '\ud800', -1e99]) {
            const answer = await send(operation, { ...example, [field]: value }, admin.token)
            isProblem(answer, 400)
            assert.ok(
              answer.body.errors?.some(({ path }: { path: string }) => path.startsWith(field)),
              `the error names ${field}`,
            )
          }
        }
        isProblem(await send(operation, { ...example, surprise: true }, admin.token), 400)
      })
    }
    for (const operation of operations.filter(({ query: fields }) => fields !== undefined)) {
      it(`${operation.id}: queries out of range or unknown`, async () => {
        const { limit } = operation.query?.shape ?? {}
        // Most pages hold at most 100; what walks through a history takes more at a time.
        const above = limit?.safeParse(101).success ? 20_001 : 101
        for (const words of ['limit=0', `limit=${above}`, 'limit=x', 'cursor=%00', 'cursor=%ff%fe', 'surprise=1']) {
          const answer = await call(system.url, 'GET', `${pathOf(operation)}?${words}`, { token: admin.token })
          isProblem(answer, 400)
        }
      })
    }
    for (const operation of operations.filter(({ params }) => params !== undefined)) {
      it(`${operation.id}: ids that are none`, async () => {
        const path = operation.path.replaceAll(/\{\w+\}/g, "1'--")
        isProblem(
          await call(system.url, operation.method.toUpperCase(), path, {
            token: admin.token,
            ...(operation.body ? { body: exampleOf(operation) } : {}),
          }),
          400,
        )
      })
    }
    it('unknown paths and methods', async () => {
      isProblem(await call(system.url, 'GET', '/api/nothing'), 404)
      const answer = await call(system.url, 'DELETE', '/api/products')
      isProblem(answer, 405)
      assert.match(answer.headers.get('allow') ?? '', /GET/)
    })
  })

  it('changed nothing by all that', async () => {
    const [orders] = await query<{ n: number }>(
      system.databases.order,
      'select count(*)::int as n from orders where user_id = any($1::uuid[])',
      [[ann.user_id, admin.user_id]],
    )
    assert.equal(orders?.n, 0)
    assert.deepEqual((await ann.get('/api/accounts/balance')).body, { balance: 0, currency: 'RUB' })
  })

  it('refuses an order in the name of another, and a price that is no longer true', async () => {
    const price = { amount: 500, currency: 'RUB' }
    const { product_id } = (await admin.post('/api/products', { name: 'Cup', price })).body
    const order = { delivery_address: 'Tverskaya 1', items: [{ product_id, quantity: 1 }] }
    isProblem(await ann.post('/api/orders', { ...order, user_id: admin.user_id }), 403)
    isProblem(await ann.post('/api/orders', { ...order, items: [{ product_id, quantity: 1, price: 499 }] }), 409)
    isProblem(await ann.post('/api/orders', { ...order, items: [{ product_id: randomUUID(), quantity: 1 }] }), 422)
    isProblem(await ann.post('/api/accounts/deposit', { amount: 1, currency: 'EUR' }), 422)
  })

  it('answers every wrong credential in one form', async () => {
    const login = (email: string, password: string) =>
      call(system.url, 'POST', '/api/auth/login', { body: { email, password } })
    const unknown = await login(`${randomUUID()}@example.com`, 'some password')
    const wrong = await login(ann.email, 'some password')
    isProblem(unknown, 401)
    assert.deepEqual({ ...unknown.body }, { ...wrong.body })
    isProblem(await call(system.url, 'POST', '/api/auth/refresh', { body: { refresh_token: 'nonsense' } }), 401)
  })
})
