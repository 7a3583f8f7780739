// dfctl dlq against a running system: messages that no one can handle are found, mended, retried and dropped.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import type { DeadLetter } from '@deliveryflow/contracts'
import { connect, headers as natsHeaders } from '@nats-io/transport-node'
import { type Client, customer, signIn, until } from '../../../tests/client.ts'
import { lettersTo, type TestSystem, testSystem } from '../../../tests/harness.ts'
import { editing, dfctl as run } from '../testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'dfctl-dlq-'))
const count = 6
/** A part of the error of these messages alone. */
const mark = `nobody-${randomUUID().slice(0, 8)}`
let system: TestSystem
let ann: Client

const dfctl = (words: string[], environment?: NodeJS.ProcessEnv) =>
  run(['dlq', ...words, '--local-folder', system.dir ?? ''], environment)
const mine = async () => JSON.parse((await dfctl(['list', '--error', mark, '-o', 'json'])).stdout) as DeadLetter[]

before(async () => {
  system = await testSystem()
  ann = await customer(system.url)
  const { servers, user, pass } = system.nats
  const connection = await connect({ servers, user, pass })
  for (let n = 0; n < count; n++) {
    const headers = natsHeaders()
    headers.set('ce-id', randomUUID())
    // A type that nobody has: the error names it.
    headers.set('ce-type', mark)
    headers.set('ce-subject', `welcome:${n}`)
    connection.publish('jobs.notify_user', JSON.stringify({ letter_key: `welcome:${mark}:${n}` }), { headers })
  }
  await connection.drain()
  await until('all of them are given up', async () => (await mine()).length === count)
})
after(() => rmSync(folder, { recursive: true, force: true }))

it('lists them, one by one and by what they have in common', async () => {
  const letters = await mine()
  for (const letter of letters) {
    assert.deepEqual(
      [letter.service, letter.stream, letter.subject],
      ['notification-worker', 'JOBS', 'jobs.notify_user'],
    )
    assert.deepEqual([letter.attempts, letter.retries], [1, 0])
    assert.match(letter.error, /^Terminal: The header ce-type is "nobody-/)
  }
  const people = await dfctl(['list', '--error', mark])
  assert.match(people.stdout, /^PLACE +SERVICE +TYPE/)
  const groups = JSON.parse((await dfctl(['list', '--group-by', 'type', '--error', mark, '-o', 'json'])).stdout)
  assert.deepEqual(
    groups.map((group: { key: string; count: number }) => [group.key, group.count]),
    [[mark, count]],
  )
})

it('a group is asked for by the key that it is listed with', async () => {
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const { groups } = (await admin.get(`/api/dead-letter-groups?error=${mark}`)).body
  assert.equal(groups.length, 1)
  const ofGroup = async (query: Record<string, string>) => {
    const { body } = await admin.get(
      `/api/dead-letters?${new URLSearchParams({ ...query, error: mark, limit: '100' })}`,
    )
    return body.items.length
  }
  assert.equal(await ofGroup({ group: groups[0].key }), count)
  assert.equal(await ofGroup({ by: 'consumer', group: 'notification-worker/JOBS' }), count)
  assert.equal(await ofGroup({ by: 'type', group: groups[0].key }), 0)
})

it('shows one whole', async () => {
  const [first] = await mine()
  const { code, stdout } = await dfctl(['show', String(first?.sequence)])
  assert.equal(code, 0)
  assert.match(stdout, new RegExp(`ce-type: ${mark}\n(.*\n)*.*"letter_key":"welcome:${mark}:0"`))
  assert.match(stdout, /error +Terminal: .*\n +at /)
  assert.equal((await dfctl(['show', '99999999'])).code, 4)
})

it('retries one that still cannot be handled: it stays, counted', async () => {
  const [first] = await mine()
  const { code, stdout } = await dfctl(['retry', String(first?.sequence), '--reason', 'to see what happens'])
  assert.equal(code, 3)
  assert.match(stdout, /^1 failed\n +\d+ failed: Terminal: The header ce-type/)
  const letters = await mine()
  assert.equal(letters.length, count)
  const again = letters.at(-1)
  assert.deepEqual([again?.attempts, again?.retries, again?.event_id], [2, 1, first?.event_id])
  assert.equal(again?.first_time, first?.first_time)
  assert.match((await dfctl(['retry', String(first?.sequence), '--reason', 'it is gone'])).stdout, /^1 gone/)
})

it('retries what was mended in the editor, once however often it is asked', async () => {
  const { servers, user, pass } = system.nats
  const connection = await connect({ servers, user, pass })
  const headers = natsHeaders()
  headers.set('ce-id', randomUUID())
  headers.set('ce-type', 'notify_user')
  headers.set('ce-subject', mark)
  connection.publish('jobs.notify_user', JSON.stringify({ letter_key: mark, letter: { kind: 'welcome' } }), { headers })
  await connection.drain()
  const broken = async () =>
    (JSON.parse((await dfctl(['list', '--type', 'notify_user', '-o', 'json'])).stdout) as DeadLetter[]).find(
      ({ aggregate }) => aggregate === mark,
    )
  await until('it is given up', async () => (await broken()) !== undefined)
  const place = String((await broken())?.sequence)

  const before = (await lettersTo(system, ann.email)).length
  const words = ['retry', place, '--edit', '--reason', 'it lacked its user']
  const ended = await dfctl(words, editing(folder, { user_id: ann.user_id }))
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(ended.stdout, '1 handled\n')
  assert.equal((await lettersTo(system, ann.email)).length, before + 1)
  assert.equal(await broken(), undefined)

  const unchanged = await dfctl(words, { EDITOR: 'true', VISUAL: '' })
  assert.equal(unchanged.code, 4, 'it is gone')
})

it('drops the others with a reason, and the history tells of all of it', async () => {
  const reason = `test messages ${mark}`
  const { code, stdout } = await dfctl(['drop', '--error', mark, '--reason', reason])
  assert.equal(code, 0)
  assert.equal(stdout, `${count} dropped\n`)
  assert.deepEqual(await mine(), [])
  const told = async () =>
    (
      await run(['audit', 'history', '--type', 'operator_acted', '-o', 'ndjson', '--local-folder', system.dir ?? ''])
    ).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).data)
      .filter((data) => data.reason === reason)
  await until('it is in the history', async () => (await told()).length > 0)
  const [action] = await told()
  assert.equal(action.action, 'dead_letters_dropped')
  assert.equal(action.detail.dropped.length, count)
  assert.match(action.detail.dropped[0].body, new RegExp(`welcome:${mark}`))
})

it('does nothing that was not clearly asked for', async () => {
  for (const [words, code, text] of [
    [['retry', '--reason', 'because'], 2, /Which dead letters\?/],
    [['drop', '5'], 2, /--reason/],
    [['drop', '5', '--all', '--reason', 'because'], 2, /Places are named, and a selection too/],
    [['retry', '--all', '--edit', '--reason', 'because'], 2, /--edit changes one/],
    [['retry', 'five', '--reason', 'because'], 2, /whole number/],
    [['list', '--service', 'paymnt'], 2, /Did you mean payment\?/],
    [['retry', '--error', mark, '--reason', 'because'], 4, /No dead letter fits/],
  ] as const) {
    const ended = await dfctl([...words])
    assert.equal(ended.code, code, words.join(' '))
    assert.match(ended.stderr, text)
  }
})
