// What verify finds in a database that somebody with its password has changed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Database } from '@deliveryflow/kit'
import { readSigningKey, signCheckpoint } from '@deliveryflow/kit/history/checkpoint'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import { verifyIndex } from './verify.ts'

const key = readSigningKey(randomBytes(32).toString('base64url'))
/** More than one stretch, so that the walk goes from one to the next. */
const count = 12_000
let scratch: ScratchDatabase
let db: Database
const sql = <Row extends object>(text: string, values: unknown[] = []) => db.query<Row>({ name: '', text, values })

before(async () => {
  scratch = await scratchDatabase()
  await migrate(scratch.url, fileURLToPath(new URL('../../../services/audit/migrations', import.meta.url)))
  db = openDatabase({ url: scratch.url, application_name: 'test', max: 2 }, createLog('test', 'silent'))
  let link: Buffer = genesis
  const records = Array.from({ length: count }, (_, n) => {
    const record = { sequence: n + 1, subject: 'events.order_paid', headers: [['ce-id', `${n}`]] as const }
    const text = JSON.stringify({ n })
    const hash = hashOf({ ...record, body: Buffer.from(text) })
    link = linkOf(link, hash)
    return { ...record, headers: JSON.stringify(record.headers), text, hash, link }
  })
  await sql(
    `insert into events (sequence, nats_subject, headers, data, hash, type, source, subject, correlation_id, time)
     select sequence, 'events.order_paid', headers::json, data::json, hash, 'order_paid', 'order', '', '', now()
     from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) as t(sequence, headers, data, hash)`,
    [
      records.map(({ sequence }) => sequence),
      records.map(({ headers }) => headers),
      records.map(({ text }) => text),
      records.map(({ hash }) => hash),
    ],
  )
  await sql('insert into seals select * from unnest($1::bigint[], $2::bytea[])', [
    records.map(({ sequence }) => sequence),
    records.map((record) => record.link),
  ])
  for (const { sequence, link } of records.filter(({ sequence }) => sequence % 1000 === 0)) {
    const { signed_at, key_id, signature } = signCheckpoint(key, sequence, link)
    await sql('insert into checkpoints values ($1, $2, $3, $4, $5)', [sequence, link, signed_at, key_id, signature])
  }
  const public_key = key.public.export({ type: 'spki', format: 'pem' }).toString()
  await sql('insert into signing_keys values ($1, $2)', [key.id, public_key])
})
after(async () => {
  await db?.end()
  await scratch?.drop()
})

/** What is found after a change that is undone again. */
const foundAfter = async (...changes: string[]) => {
  const client = await db.connect()
  try {
    await client.query('begin')
    for (const change of changes) await client.query(change)
    const { findings } = await verifyIndex(client, {})
    return findings.map(({ what, sequence, last }) => `${what} ${sequence}${last ? `-${last}` : ''}`)
  } finally {
    await client.query('rollback')
    client.release()
  }
}

it('finds nothing where nothing was changed', async () => {
  const { records, checkpoints, findings, last } = await verifyIndex(db, {})
  assert.deepEqual([records, checkpoints, findings, last?.sequence], [count, 12, [], count])
  const part = await verifyIndex(db, { from: 4990, to: 5020 })
  assert.deepEqual([part.records, part.checkpoints, part.findings], [31, 1, []])
})

it('names a record that was changed, removed, swapped or forged, wherever it stands', async () => {
  assert.deepEqual(await foundAfter(`update events set data = '{"n":0}' where sequence = 5001`), ['changed 5001'])
  assert.deepEqual(await foundAfter('delete from events where sequence between 4998 and 5003'), [
    ...[4998, 4999, 5000, 5001, 5002, 5003].map((sequence) => `removed ${sequence}`),
  ])
  assert.deepEqual(
    await foundAfter(
      'update events set sequence = -1 where sequence = 77',
      'update events set sequence = 77 where sequence = 7777',
      'update events set sequence = 7777 where sequence = -1',
    ),
    ['swapped 77', 'swapped 7777'],
  )
  assert.deepEqual(await foundAfter(`update checkpoints set link = sha256('') where sequence = 3000`), ['forged 3000'])
})

it('names a stretch that is gone with its seals, in the middle, at the beginning and at the end', async () => {
  const gone = (where: string) =>
    ['checkpoints', 'seals', 'events'].map((table) => `delete from ${table} where sequence ${where}`)
  assert.deepEqual(await foundAfter(...gone('between 4500 and 5500')), ['removed 4500-5500'])
  assert.deepEqual(await foundAfter(...gone('<= 20')), ['changed 21'])
  assert.deepEqual(await foundAfter(...gone('> 11500').slice(1).reverse().slice(0, 1)), [
    ...Array.from({ length: 500 }, (_, n) => `removed ${11_501 + n}`),
  ])
})

it('trusts no key but those that are named', async () => {
  const other = readSigningKey(randomBytes(32).toString('base64url'))
  const { findings } = await verifyIndex(db, { keys: new Map([[other.id, other.public]]) })
  assert.equal(findings.length, 12)
  assert.ok(findings.every(({ what }) => what === 'forged'))
})
