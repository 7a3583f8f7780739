// dfctl audit archive on a running system: listed, proved, tampered with, and given back to an index that lost everything.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import type { System } from '@deliveryflow/local/system'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { customer, orderIs, orderOf, product, signIn, until } from '../../../tests/client.ts'
import { query } from '../../../tests/harness.ts'
import { startTestSystem } from '../../../tests/system.ts'
import { dfctl as run } from '../testing.ts'

// Its own: a database is lost.
let system: System
let folder: string
const dfctl = (...words: string[]) => run([...words, '--local-folder', system.dir])
const list = async () => JSON.parse((await dfctl('audit', 'archive', 'list', '-o', 'json')).stdout)
const sql = (text: string) => query(system.backends.postgres.url('audit'), text)

before(async () => {
  system = await startTestSystem()
  folder = join(system.dir, 'archive')
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const buyer = await customer(system.url, { funds: 100 })
  // Too dear for this wallet: it ends without a courier.
  const { order_id } = (await buyer.post('/api/orders', orderOf(await product(admin, { price: 1000 })))).body
  await orderIs(buyer, order_id, 'CANCELLED')
  await until('all of it is archived', async () => {
    const [{ events, archived } = { events: '0', archived: false }] = await query<{
      events: string
      archived: boolean
    }>(
      system.backends.postgres.url('audit'),
      `select (select count(*) from events where nats_subject = 'events.order_cancelled') as events,
         (select max(sequence) from events) = (select max(last_sequence) from segments where archived_at is not null) as archived`,
    )
    return Number(events) > 0 && archived
  })
})
after(() => system?.stop())

it('lists the segments and how far they reach', async () => {
  const { code, stdout, stderr } = await dfctl('audit', 'archive', 'list')
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    /^SEGMENT +RECORDS +SIZE +ARCHIVED +STORED\n0{15}1-0+\d+\.ndjson\.gz +\d+ +[\d.]+ K?i?B +20.*Z +yes\n/,
  )
  assert.match(stdout, /\nfile:\/\/.*archive: archived up to (\d+) of \1 that are sealed\n$/)
  const { segments } = await list()
  assert.deepEqual(
    segments.map(({ name }: { name: string }) => name),
    readdirSync(folder).sort(),
  )
  const check = JSON.parse((await dfctl('check', '-o', 'json')).stdout)
  const found = check.checks.find(({ id }: { id: string }) => id === 'flow.archive')
  assert.match(`${found.state}: ${found.reason}`, /^ok: up to (\d+) of \1 in file:/)
})

it('proves them, each alone and all with the index, and names what was tampered with', async () => {
  const [name = ''] = readdirSync(folder).sort()
  const path = join(folder, name)
  const original = readFileSync(path)
  assert.equal((await dfctl('audit', 'verify', '--file', path)).code, 0, 'it is an export as any other')
  const whole = await dfctl('audit', 'verify', '--archive')
  assert.equal(whole.code, 0, whole.stdout)
  assert.match(
    whole.stdout,
    /✔ \d+ records, each as it was sealed(.*\n)+✔ \d+ segments? of the archive, \d+ records, each/,
  )

  writeFileSync(
    path,
    gzipSync(
      gunzipSync(original)
        .toString()
        .replace(/ce-source","(\w)/, 'ce-source","X$1'),
    ),
  )
  for (const words of [
    ['archive', 'verify'],
    ['archive', 'verify', name],
    ['verify', '--archive'],
  ]) {
    const changed = await dfctl('audit', ...words)
    assert.equal(changed.code, 3, words.join(' '))
    assert.match(changed.stdout, /✘ changed 1: it is not what was sealed \(0{15}1-/)
  }
  writeFileSync(path, original.subarray(0, original.length / 2))
  assert.match((await dfctl('audit', 'archive', 'verify')).stdout, /✘ 0{15}1-.*, line \d+: unexpected end of file/)
  renameSync(path, join(folder, 'aside'))
  assert.match((await dfctl('audit', 'archive', 'verify')).stdout, /✘ 0{15}1-\S+: it is gone/)
  renameSync(join(folder, 'aside'), path)
  writeFileSync(path, original)
  assert.equal((await dfctl('audit', 'archive', 'verify')).code, 0)
})

it('gives it back to a database that lost everything, though the stream has forgotten most of it', async () => {
  const { servers, user, pass } = system.backends.nats.user('admin')
  const connection = await connect({ servers, user, pass })
  await (await jetstreamManager(connection)).streams.update('EVENTS', { max_msgs: 2 })
  await connection.close()
  const { archived, segments } = await list()

  const services = system.processes.get('services')
  await services?.stop()
  await sql('drop schema public, messaging cascade; create schema public')
  await migrate(
    system.backends.postgres.url('audit'),
    fileURLToPath(new URL('../../../services/audit/migrations', import.meta.url)),
  )
  await services?.start()
  await until('what the stream has is in the index', async () => (await sql('select from events')).length === 2)
  const unknown = await dfctl('audit', 'archive', 'list')
  assert.match(unknown.stdout, /the index does not know of it/)

  const restored = await dfctl('audit', 'archive', 'restore')
  assert.equal(restored.code, 0, restored.stderr)
  const expected = `^${archived} records of ${segments.length} segments? up to ${archived}`
  assert.match(
    restored.stdout,
    new RegExp(`${expected}, ${archived - 2} of them new
$`),
  )
  assert.match(
    (await dfctl('audit', 'archive', 'restore')).stdout,
    new RegExp(`${expected}, 0 of them new
$`),
  )
  const verified = await dfctl('audit', 'verify', '--archive')
  assert.equal(verified.code, 0, verified.stdout)
  const waits = async () => (await sql('select from archive where error is not null')).length > 0
  await until('archiving goes on', async () => !(await waits()), 40)
})

it('says what cannot be', async () => {
  const none = '0000000000000001-0000000000000099.ndjson.gz'
  for (const [words, code, text] of [
    [
      ['archive', 'verify', none],
      4,
      /holds no segment 0000000000000001-0000000000000099.*\n +do: +See dfctl audit archive list/,
    ],
    [['verify', '--archive', '--file', 'x'], 2, /--archive asks the installation/],
    [['archive', 'verify', '--key', '/dev/null'], 2, /\/dev\/null cannot be used as a key/],
  ] as const) {
    const ended = await dfctl('audit', ...words)
    assert.equal(ended.code, code, words.join(' '))
    assert.match(ended.stderr, text)
  }
  const aside = `${folder}-aside`
  renameSync(folder, aside)
  writeFileSync(folder, '')
  const away = await dfctl('audit', 'archive', 'list')
  rmSync(folder)
  renameSync(aside, folder)
  assert.equal(away.code, 3)
  assert.match(away.stderr, /The archive file:.* does not answer: ENOTDIR.*\n +do: +See dfctl logs audit/)
})

it('is watched by check: what the stream forgets must be archived', async () => {
  const seen = async () => {
    const { checks } = JSON.parse((await dfctl('check', '-o', 'json')).stdout)
    const { state, reason } = checks.find(({ id }: { id: string }) => id === 'flow.archive')
    return `${state}: ${reason}`
  }
  await sql(`update archive set error = 'the bucket is full', failed_at = '2026-11-01'`)
  assert.match(await seen(), /^warning: nothing is archived since 2026-11-01T.*: the bucket is full$/)
  await sql('update archive set error = null')
  await sql('delete from segments')
  await until(
    'audit finds that it lost them',
    async () => (await sql('select from archive where error is not null')).length > 0,
  )
  assert.match(await seen(), /^warning: 1 to \d+ left the stream and are not archived: The archive holds 0{15}1-/)
})
