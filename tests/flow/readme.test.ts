// The commands of the root README, under "What you see", as a shell runs them.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { before, describe, it } from 'node:test'
import { courier, signIn } from '../client.ts'
import { type TestSystem, testSystem } from '../harness.ts'

const missing = ['bash', 'curl', 'jq'].find((program) => spawnSync(program, ['--version']).error)

describe('the commands of the README', { skip: missing && `${missing} is not installed` }, () => {
  let system: TestSystem
  before(async () => {
    system = await testSystem()
    const admin = await signIn(system.url, system.admin.email, system.admin.password)
    await courier(admin)
    // What the demo data of `npm start` hold.
    const tea = { name: 'Green tea, 250 g', price: { amount: 64_000, currency: 'RUB' } }
    const { body } = await admin.post('/api/products', tea)
    await admin.put(`/api/products/${body.product_id}/stock`, { quantity: 100 })
  })

  /** The block, at the addresses of this system. It waits longer than on a machine that does nothing else. */
  const commands = (): string => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const block = /## What you see[\s\S]*?```bash\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const addresses = {
      'http://localhost:8080': system.url,
      'http://localhost:8025': system.mail_page_url,
      '.deliveryflow/default': system.dir ?? '',
    }
    const here = Object.entries(addresses).reduce((script, [there, at]) => {
      assert.ok(script.includes(there), `the README names ${there}`)
      return script.replaceAll(there, at)
    }, block)
    const patience = 'sleep() { command sleep "$([ "$1" = 2 ] && echo 8 || echo "$1")"; }\n'
    return `set -euo pipefail\n${patience}${here.replaceAll(/^# (\d+)\. .*$/gm, 'echo "step $1"')}`
  }

  it('do what it says', { timeout: 90_000 }, async () => {
    const shell = spawn('bash', ['-c', commands()], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, errors] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
    assert.equal(shell.exitCode, 0, `${out}\n${errors}`)
    const [, registered = '', deposited, ordered, followed = '', paid = '', letters = '', history = ''] =
      out.split(/^step \d+\n/m)
    assert.match(JSON.parse(registered).user_id, /^[0-9a-f-]{36}$/)
    assert.deepEqual(JSON.parse(deposited ?? ''), { balance: 500_000, currency: 'RUB' })
    assert.deepEqual(JSON.parse(ordered ?? '').total, { amount: 128_000, currency: 'RUB' })
    const statuses = [...followed.matchAll(/^event: status\ndata: .*"status":"(\w+)"/gm)].map(([, status]) => status)
    assert.deepEqual(statuses, ['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED'])
    assert.match(paid, /"CAPTURED"[\s\S]*"DELIVERED"/)
    assert.equal(letters.trim().split('\n').length, 6, letters)
    assert.equal(history.trim().split('\n').length, 9, history)
  })
})
