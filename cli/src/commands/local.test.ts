// Commands as they are typed, against a local run: what is on stdout, and the exit code.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { customer, orderIs, orderOf, product, signIn } from '../../../tests/client.ts'
import { type TestSystem, testSystem } from '../../../tests/harness.ts'
import { dfctl as run } from '../testing.ts'

let system: TestSystem
let order_id: string
before(async () => {
  system = await testSystem()
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const poor = await customer(system.url)
  order_id = (await poor.post('/api/orders', orderOf(await product(admin)))).body.order_id
  await orderIs(poor, order_id, 'CANCELLED')
})

const dfctl = (...words: string[]) => run(words, { DFCTL_LOCAL_FOLDER: system.dir ?? '' })

describe('an answer is on stdout, in the form that was asked for', () => {
  it('order trace', async () => {
    const { code, stdout, stderr } = await dfctl('order', 'trace', order_id, '-o', 'json')
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(JSON.parse(stdout).order.order_id, order_id)
    assert.match((await dfctl('order', 'trace', order_id)).stdout, /CANCELLED \(INSUFFICIENT_FUNDS\)/)
  })

  it('prove', async () => {
    const { code, stdout } = await dfctl('prove', '-o', 'json')
    assert.equal(code, 0)
    assert.ok(JSON.parse(stdout).paid_ms > 0)
    const { email, password } = system.admin
    const outside = ['--gateway', system.url, '--admin-email', email, '--admin-password', password]
    assert.match((await dfctl('prove', ...outside)).stdout, /^Order .* was paid in \d+ ms\.$/m)
    assert.equal((await dfctl('prove', '--gateway', system.url)).code, 2)
    assert.equal((await dfctl('prove', ...outside.slice(0, -1), 'wrong')).code, 3)
  })

  it('events tail: one JSON document on each line', async () => {
    const { code, stdout } = await dfctl(
      'events',
      'tail',
      '--order',
      order_id,
      '--from-seq',
      '1',
      '--limit',
      '3',
      '-o',
      'json',
    )
    assert.equal(code, 0)
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    assert.deepEqual(types, ['order_created', 'inventory_reserved', 'payment_failed'])
  })

  it('logs: each line as it was written, of the services that were asked for', async () => {
    const { code, stdout } = await dfctl('logs', 'nats', '--tail', '2', '-o', 'json')
    assert.equal(code, 0)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.ok(lines.length > 0 && lines.every(({ service }) => service === 'nats'))
  })

  it('open: the address of a local run', async () => {
    assert.deepEqual(await dfctl('open', 'shop'), { code: 0, stdout: `${system.url}\n`, stderr: '' })
    assert.deepEqual(await dfctl('open', 'docs'), { code: 0, stdout: `${system.url}/docs\n`, stderr: '' })
  })
})

describe('what cannot be done has its exit code and says what to do', () => {
  const cases: [words: string, code: number, says: RegExp][] = [
    ['order trace 00000000-0000-4000-8000-000000000000', 4, /no order .*\n.*order list/],
    ['order trace not-an-id', 2, /is no order id/],
    ['order list --status PAYED', 2, /Allowed choices are PENDING/],
    ['order list --user me', 2, /is no user id/],
    ['order list --email nobody@example.com', 4, /Nobody has/],
    ['order list --since yesterday', 2, /is no moment/],
    ['events tail --type order_payed', 2, /Did you mean order_paid\?/],
    ['events tail --since 1h --from-seq 3', 2, /cannot be used with/],
    ['logs saag', 2, /Did you mean saga\?/],
    ['logs --previous', 2, /has no previous containers/],
    ['open mial', 2, /Did you mean dfctl open mail\?/],
    ['scale saga=2', 5, /has one instance of each service/],
    ['scale saga=0', 2, /--force/],
    ['autoscale api-gateway', 2, /is no service with a queue/],
    ['autoscale saga=5..1', 2, /not below the least/],
  ]
  for (const [words, code, says] of cases) {
    it(`dfctl ${words}`, async () => {
      const answer = await dfctl(...words.split(' '))
      assert.deepEqual([answer.code, answer.stdout], [code, ''])
      assert.match(answer.stderr, says)
    })
  }
})
