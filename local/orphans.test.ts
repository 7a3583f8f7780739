// What is left when the starter is killed with SIGKILL: no process, a stale lock that the next start recognises, the data.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { startBackends } from './backends.ts'
import { childrenOf, identityOf } from './process-table.ts'

// The developer's own settings would replace the backends under test.
for (const name of ['NATS_URL', 'DATABASE_URL', 'REDIS_URL', 'MONGODB_URL', 'SMTP_URL']) delete process.env[name]

const options = { ports: 'free' as const, nats_users: {}, databases: ['order'] }

/** Runs in a process of its own: starts the backends and tells where they are. */
const starter = `
  const { startBackends } = await import(${JSON.stringify(new URL('backends.ts', import.meta.url).href)})
  const { dir, ...options } = JSON.parse(process.argv[1])
  const backends = await startBackends({ dir, ...options, report() {} })
  console.log(backends.postgres.url('order'))
`

it('leaves no process behind when it is killed, and starts again on the same folder', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'orphans-'))
  const parent = spawn(process.execPath, ['--input-type=module', '-e', starter, JSON.stringify({ dir, ...options })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  assert.ok(parent.pid)
  const [url] = await once(createInterface(parent.stdout), 'line')
  const client = new Client({ connectionString: String(url) })
  client.on('error', () => {})
  await client.connect()
  await client.query('create table kept (id int)')
  const children = childrenOf(parent.pid).map((pid) => ({ pid, identity: identityOf(pid) }))
  assert.equal(children.length, 7, 'three NATS nodes, PostgreSQL, Redis, MongoDB, the watchdog')

  parent.kill('SIGKILL')
  await once(parent, 'exit')
  // A start at once, as an impatient person does it: it waits for the old ones to end.
  const lines: string[] = []
  const again = await startBackends({ dir, ...options, report: (line) => lines.push(line) })
  try {
    assert.ok(lines.some((line) => line.includes('previous run was killed')))
    for (const { pid, identity } of children) {
      const deadline = Date.now() + 5000
      while (identityOf(pid) === identity && Date.now() < deadline) await sleep(20)
      assert.notEqual(identityOf(pid), identity, `process ${pid} is still there`)
    }
    // In order, not by the watchdog's last resort: PostgreSQL had the time to write all down.
    const log = readFileSync(join(dir, 'logs', 'postgres.log'), 'utf8')
    assert.match(log, /database system is shut down/)
    assert.doesNotMatch(log, /not properly shut down/)
    const check = new Client({ connectionString: again.postgres.url('order') })
    await check.connect()
    assert.equal((await check.query('select * from kept')).rowCount, 0)
    await check.end()
  } finally {
    await again.stop({ discard: true })
    rmSync(dir, { recursive: true })
  }
})
