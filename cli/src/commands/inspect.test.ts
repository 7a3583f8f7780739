// check, status, streams, version and bug-report as somebody at a shell meets them, on a running system.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { services, streams } from '@deliveryflow/contracts'
import { unzipSync } from 'fflate'
import { testSystem } from '../../../tests/harness.ts'
import type { Health } from '../health/check.ts'
import type { Status } from '../health/status.ts'
import { localSecrets } from '../report/secrets.ts'
import { main, dfctl as run } from '../testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'dfctl-test-'))
let dir = ''

before(async () => {
  dir = (await testSystem()).dir ?? ''
})
after(() => rmSync(folder, { recursive: true, force: true }))

const start = (...words: string[]) =>
  spawn(process.execPath, [main, ...words, '--local-folder', dir], { env: { ...process.env, FORCE_COLOR: '0' } })

const dfctl = (...words: string[]) => run([...words, '--local-folder', dir])

describe('check', () => {
  test('as JSON, with the exit code that it says', async () => {
    const { code, stdout } = await dfctl('check', '-o', 'json')
    const { healthy, checks } = JSON.parse(stdout) as Health
    assert.equal(code, healthy ? 0 : 3, stdout)
    assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length)
    for (const check of checks) {
      assert.deepEqual(Object.keys(check), ['id', 'group', 'title', 'state', 'reason', 'next'])
      assert.ok(['ok', 'warning', 'failure', 'skipped'].includes(check.state))
    }
    const ids = new Set(checks.map(({ id }) => id))
    for (const { name } of services) assert.ok(ids.has(`services.${name}`), name)
    for (const { name } of streams) assert.ok(ids.has(`nats.stream.${name}`), name)
    assert.ok(![...ids].some((id) => /^(cluster|installation)\./.test(id)), 'nothing of a cluster for a local run')
  })

  test('for people: headings, marks, no colour in a pipe', async () => {
    const { stdout } = await dfctl('check')
    assert.match(stdout, /^Services\n✔ api-gateway/)
    assert.match(stdout, /\n\nDatabases\n✔ PostgreSQL\s+it answers, version \d/)
    assert.ok(!stdout.includes('\x1b'))
  })

  test('wrong usage', async () => {
    const wrong = await dfctl('check', '--lag-limit', 'many')
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /--lag-limit.*whole number/)
    assert.equal((await dfctl('check', '--pre')).code, 2)
  })
})

describe('status', () => {
  test('as JSON', async () => {
    const { code, stdout } = await dfctl('status', '-o', 'json')
    const status = JSON.parse(stdout) as Status
    assert.equal(code, 0)
    assert.deepEqual(
      status.services.map(({ name }) => name),
      services.map(({ name }) => name),
    )
    for (const { name, connected } of status.services) assert.ok((connected ?? 0) >= 1, `${name} is connected`)
    assert.equal(status.nats.servers.length, 3)
    assert.ok(status.databases.every(({ up }) => up))
  })

  test('again and again until Ctrl-C, a line of JSON each', async () => {
    const child = start('status', '--watch', '-o', 'json')
    const closed = once(child, 'close')
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    child.kill('SIGINT')
    assert.match(first.toString('utf8'), /^\{"target":"the local run/)
    assert.deepEqual(await closed, [0, null])
  })
})

describe('streams', () => {
  test('streams and consumers', async () => {
    const { stdout } = await dfctl('streams', '-o', 'name')
    for (const { name } of streams) assert.match(stdout, new RegExp(`^${name}$`, 'm'))
    const consumers = await dfctl('streams', 'commands', '--consumers', '-o', 'json')
    const rows = JSON.parse(consumers.stdout) as { stream: string; name: string }[]
    assert.deepEqual(rows.map(({ stream, name }) => `${stream}/${name}`).sort(), [
      'COMMANDS/delivery',
      'COMMANDS/inventory',
      'COMMANDS/order',
      'COMMANDS/payment',
    ])
  })

  test('one that does not exist', async () => {
    const { code, stderr } = await dfctl('streams', 'NOPE')
    assert.equal(code, 4)
    assert.match(stderr, /There is no stream NOPE\n {2}do: {2}The streams: EVENTS/)
  })
})

test('version names what it runs on', async () => {
  const { stdout } = await dfctl('version', '-o', 'json')
  const versions = JSON.parse(stdout) as Record<string, { version: string | null }>
  for (const name of ['dfctl', 'node', 'nats', 'postgresql', 'mongodb', 'redis', 'services'])
    assert.match(versions[name]?.version ?? '', /\d+\.\d+/, name)
  assert.equal(versions.kubernetes, undefined)
})

test('a bug report holds states and logs, no secret of the run, and overwrites nothing', async () => {
  const path = join(folder, 'report.zip')
  const { code, stdout, stderr } = await dfctl('bug-report', '--output-file', path, '-o', 'json')
  assert.equal(code, 0, stderr)
  const { files } = JSON.parse(stdout) as { files: { name: string; missing: string | null }[] }
  assert.deepEqual(
    files.filter(({ missing }) => missing !== null),
    [],
  )
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const contents = unzipSync(readFileSync(path))
  for (const name of ['check.txt', 'status.json', 'streams.json', 'version.json', 'logs/postgres.log'])
    assert.ok(contents[`deliveryflow-report/${name}`]?.length, name)
  const text = Object.values(contents)
    .map((bytes) => Buffer.from(bytes).toString('utf8'))
    .join('\n')
  const secrets = localSecrets(dir)
  assert.ok(secrets.length > 20, `${readdirSync(dir)} hold the secrets of every service`)
  for (const secret of secrets) assert.ok(!text.includes(secret), 'a secret is in the report')

  const again = await dfctl('bug-report', '--output-file', path)
  assert.equal(again.code, 5)
  assert.match(again.stderr, /cannot be written/)
})
