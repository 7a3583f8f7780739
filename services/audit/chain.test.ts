// Sealing on a real database: every record once, in the order of the history, however many replicas there are and however records come.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Database } from '@deliveryflow/kit'
import { readSigningKey } from '@deliveryflow/kit/history/checkpoint'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { type Sealing, sealOnce } from './sealer.ts'
import { recordOf } from './testing.ts'

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const records = Array.from({ length: 30 }, (_, n) =>
  recordOf({
    sequence: n + 1,
    id: uuid(n),
    type: 'order_paid',
    aggregate: uuid(500),
    correlation_id: uuid(500),
    causation_id: null,
    time: new Date(n),
    data: { n },
  }),
)

describe('the chain on PostgreSQL', () => {
  let scratch: ScratchDatabase
  let db: Database
  let sealing: Sealing
  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    const log = createLog('test', 'silent')
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, log)
    const key = readSigningKey(randomBytes(32).toString('base64url'))
    const transaction = transactions(db, 'audit', () => undefined)
    sealing = { db, transaction, key, log, checkpoint_records: 10, checkpoint_ms: 3_600_000 }
  })
  beforeEach(() => db.query({ name: '', text: 'truncate events, seals, checkpoints', values: [] }))
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })

  const rows = async <Row extends object>(text: string) => (await db.query<Row>({ name: '', text, values: [] })).rows
  const links = async () =>
    (await rows<{ link: Buffer }>('select link from seals order by sequence')).map(({ link }) => link.toString('hex'))
  const expected = (count: number) => {
    let link: Buffer = genesis
    return records.slice(0, count).map((record) => {
      link = linkOf(link, hashOf(record))
      return link.toString('hex')
    })
  }

  it('waits for records that are still missing, and goes on behind them', async () => {
    await handle.enter([...records.slice(0, 5), ...records.slice(7)], db)
    assert.equal(await sealOnce(sealing), 5)
    assert.equal(await sealOnce(sealing), 0)
    await handle.enter(records.slice(5, 7), db)
    assert.equal(await sealOnce(sealing), 25)
    assert.deepEqual(await links(), expected(30))
  })

  it('is one chain, whoever seals', async () => {
    await handle.enter(records, db)
    const done = await Promise.all(Array.from({ length: 4 }, () => sealOnce(sealing)))
    assert.equal(
      done.reduce((sum, one) => sum + one),
      30,
    )
    assert.deepEqual(await links(), expected(30))
  })

  it('is signed after so many records, and after so long', async () => {
    const signed = async () =>
      (await rows<{ sequence: number }>('select sequence from checkpoints order by 1')).map(({ sequence }) =>
        Number(sequence),
      )
    await handle.enter(records.slice(0, 4), db)
    await sealOnce(sealing)
    assert.deepEqual(await signed(), [4], 'the first has nothing before it')
    await handle.enter(records.slice(4, 13), db)
    await sealOnce(sealing)
    assert.deepEqual(await signed(), [4])
    await handle.enter(records.slice(13, 14), db)
    await sealOnce(sealing)
    assert.deepEqual(await signed(), [4, 14])
    await handle.enter(records.slice(14, 15), db)
    await sealOnce({ ...sealing, checkpoint_ms: 0 })
    assert.deepEqual(await signed(), [4, 14, 15])
  })
})
