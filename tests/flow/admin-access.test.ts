// Every operation for administrators is refused to everybody else: by the gateway over HTTP, and by the service behind it, whoever may ask it.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { bodyExamples, type HttpOperation, httpOperations } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Client, call, customer, signIn } from '../client.ts'
import { testSystem } from '../harness.ts'

const operations: readonly HttpOperation[] = httpOperations.filter(({ access }) => access === 'admin')

/** What each field of a path or a query must at least be given. */
const required = (schema: HttpOperation['params']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(schema?.shape ?? {}).flatMap(([name, field]) => {
      const fits = (value: unknown) => field.safeParse(value).success
      if (fits(undefined)) return []
      const value = ['0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e01', '1', 'catalog'].find(fits)
      return [[name, value ?? assert.fail(`no value is known for ${name}`)]]
    }),
  )

const requestOf = ({ id, path, params, query, body }: HttpOperation) => {
  const given = { params: required(params), query: required(query) }
  const place = path.replaceAll(/\{(\w+)\}/g, (_, name) => given.params[name] ?? '')
  const search = new URLSearchParams(given.query).toString()
  const example = body && bodyExamples[id as keyof typeof bodyExamples]
  return {
    path: search ? `${place}?${search}` : place,
    body: example,
    input: { ...given.params, ...given.query, ...example },
  }
}

describe('an operation for administrators', () => {
  let url: string
  let ann: Client
  let carl: Client
  let connection: NatsConnection
  before(async () => {
    const system = await testSystem()
    url = system.url
    ann = await customer(url)
    const admin = await signIn(url, system.admin.email, system.admin.password)
    const courier = { email: `courier-a-${process.pid}@example.com`, password: 'a courier password' }
    await admin.post('/api/users', { ...courier, name: 'Carl', role: 'courier' })
    carl = await signIn(url, courier.email, courier.password)
    connection = await connect(system.nats)
  })
  after(() => connection?.close())

  it('is found in the table', () => assert.ok(operations.length >= 23, `only ${operations.length}`))

  for (const operation of operations) {
    const { path, body, input } = requestOf(operation)
    const method = operation.method.toUpperCase()

    it(`${operation.id}: nobody without a token, and neither a customer nor a courier`, async () => {
      const options = body === undefined ? {} : { body }
      const answers = await Promise.all(
        [undefined, ann.token, carl.token].map((token) =>
          call(url, method, path, { ...options, ...(token && { token }) }),
        ),
      )
      assert.deepEqual(
        answers.map((answer) => [answer.status, answer.body.code]),
        [
          [401, 'unauthenticated'],
          [403, 'forbidden'],
          [403, 'forbidden'],
        ],
      )
    })

    const { rpc } = operation
    if (rpc)
      it(`${operation.id}: ${rpc.subject} refuses them by itself`, async () => {
        const parsed = rpc.input.parse(input)
        for (const role of ['customer', 'courier'] as const) {
          const answer: unknown = await rpcClient(connection)(rpc, parsed, { caller: { user_id: ann.user_id, role } })
          assert.equal(answer instanceof Rejection ? answer.code : answer, 'forbidden', role)
        }
      })
  }
})
