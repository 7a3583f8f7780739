// The command that makes backends fit: what it changes it says, a second run has nothing to do, and what it misses it names.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { databases, settingName } from '@deliveryflow/contracts'
import { type ScratchDatabase, scratchDatabase, testBackends } from '@deliveryflow/local/testing'

const script = fileURLToPath(new URL('prepare.ts', import.meta.url))

const run = async (args: string[], env: Record<string, string> = {}) => {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [script, ...args], { env: { PATH, NODE_NO_WARNINGS: '1', ...env } })
  const output = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text
  })
  const [code] = await once(child, 'close')
  return { code, ...output }
}

/** A port of this machine where nobody listens. */
const silentPort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

suite('migrations', () => {
  const scratch = new Map<string, ScratchDatabase>()
  const environment = () =>
    Object.fromEntries([...scratch].map(([name, { url }]) => [`${settingName(name)}__DATABASE_URL`, url]))
  before(async () => {
    for (const database of databases) scratch.set(database, await scratchDatabase())
  })
  after(async () => {
    for (const database of scratch.values()) await database.drop()
  })

  test('applies all that is missing, with a line for each, and then has nothing to do', async () => {
    const first = await run(['migrations'], environment())
    assert.equal(first.code, 0, first.err)
    for (const database of databases) assert.match(first.out, new RegExp(`^${database}: 0001_`, 'm'))
    assert.match(first.out, /^migrations: \d+ changed$/m)

    const second = await run(['migrations'], environment())
    assert.deepEqual(second, { code: 0, out: 'migrations: nothing to do\n', err: '' })
  })

  test('a database that does not come in time is named, with the reason', async () => {
    const url = `postgres://order:secret-word@127.0.0.1:${await silentPort()}/order`
    const { code, out, err } = await run(['migrations', '--wait', '1'], { ...environment(), ORDER__DATABASE_URL: url })
    assert.equal(code, 1)
    assert.match(out, /^waiting for database order: .*ECONNREFUSED/m)
    assert.match(err, /^database order after 1 s of waiting: .*ECONNREFUSED/)
    assert.doesNotMatch(out + err, /secret-word/)
  })

  test('every missing setting is named at once', async () => {
    const { code, err } = await run(['migrations'], { ORDER__DATABASE_URL: 'postgres://x' })
    assert.equal(code, 2)
    const others = databases.filter((database) => database !== 'order')
    for (const database of others)
      assert.match(err, new RegExp(`${database.toUpperCase().replace('-', '_')}__DATABASE`))
    assert.doesNotMatch(err, /\bORDER__DATABASE/)
  })
})

suite('streams', () => {
  test('with all of them there, there is nothing to do', async () => {
    const { nats_url, nats_admin_password } = await testBackends()
    const { code, out } = await run(['streams'], { NATS_URL: nats_url, NATS_PASSWORD: nats_admin_password })
    assert.equal(code, 0)
    assert.match(out, /^streams: nothing to do$/m)
  })

  test('a wrong password is said, with where', async () => {
    const { nats_url } = await testBackends()
    const { code, err } = await run(['streams', '--wait', '0'], { NATS_URL: nats_url, NATS_PASSWORD: 'wrong' })
    assert.equal(code, 1)
    assert.match(err, /^NATS at .*authorization/i)
  })
})

for (const [args, problem] of [
  [[], /^Usage: /],
  [['stream'], /^Usage: /],
  [['streams', 'migrations'], /^Usage: /],
  [['streams', '--replica', '3'], /Unknown option '--replica'/],
  [['streams', '--replicas', '0'], /^--replicas is "0", and must be a whole number from 1 to 5\.$/m],
  [['streams', '--wait', '2m'], /^--wait is "2m"/],
  [['streams'], /^Set in the environment: NATS_URL, NATS_PASSWORD\.$/m],
] as const) {
  test(`"${args.join(' ')}" is refused with the reason`, async () => {
    const { code, err } = await run([...args])
    assert.equal(code, 2)
    assert.match(err, problem)
  })
}
