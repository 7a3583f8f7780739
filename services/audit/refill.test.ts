// Building the index anew from a real stream: it is what it was, what was touched in it is put right, and what the stream has forgotten stays.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { newId, Rejection } from '@deliveryflow/kit'
import { recordOf, type StoredRecord } from '@deliveryflow/kit/history/record'
import { browse } from '@deliveryflow/kit/messaging/browse'
import { headersOf } from '@deliveryflow/kit/messaging/headers'
import { tendAnswer } from '@deliveryflow/kit/projection/shadow'
import { ownBackends, scratchDatabase } from '@deliveryflow/local/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { archiveOnce } from './archive/archiver.ts'
import { type Archive, openArchive } from './archive/storage.ts'
import * as handle from './handlers.ts'
import { refill } from './refill.ts'
import { sealOnce } from './sealer.ts'
import { type ScratchIndex, scratchIndex } from './testing.ts'

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const count = 30

describe('the index, built anew', () => {
  let index: ScratchIndex
  let connection: NatsConnection
  let records: StoredRecord[]
  before(async () => {
    index = await scratchIndex(await scratchDatabase())
    const { nats_url, nats_admin_password } = await ownBackends()
    connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
    const js = jetstream(connection)
    for (let n = 1; n <= count; n++) {
      const body = n === 3 ? Buffer.from([0xff, 0x00]) : JSON.stringify({ order_id: uuid(1), n })
      const headers = headersOf([
        ['Nats-Msg-Id', uuid(n)],
        ['ce-id', uuid(n)],
        ['ce-type', 'order_paid'],
        ['ce-subject', uuid(1)],
        ['traceparent', 'one'],
        ['traceparent', 'two'],
      ])
      await js.publish(n === 4 ? 'events.not_known' : 'events.order_paid', body, n === 5 ? {} : { headers })
    }
    records = []
    for await (const message of browse(js, 'EVENTS')) records.push(recordOf(message))
    assert.equal(records.length, count)
  })
  after(async () => {
    await connection?.close()
    await index?.drop()
  })
  beforeEach(async () => {
    await index.empty()
    await handle.enter(records, index.db)
    await sealOnce(index.sealing)
  })

  const tend = (action: Parameters<ReturnType<typeof tendAnswer>>[0]['action'], job: string) => {
    const { db, transaction } = index.sealing
    return tendAnswer({ tables: ['events'], db, transaction, delivered: async () => count })({ action, job })
  }
  /** Builds it anew in stretches of seven places, and names what fits no seal. */
  const rebuild = async (archive: Archive | null = null): Promise<number[]> => {
    const { db, transaction, log } = index.sealing
    const job = newId()
    await tend('begin', job)
    const failed: number[] = []
    for (let after = 0; after < count; ) {
      const upto = Math.min(count, after + 7)
      const filled = await refill({ db, js: jetstream(connection), transaction, archive, log }, { job, after, upto })
      failed.push(...filled.failed)
      after = filled.position
    }
    const swapped = await tend('swap', job)
    assert.ok(!(swapped instanceof Rejection))
    await tend('finalize', job)
    return failed
  }
  const kept = async () => {
    type Row = { sequence: number; type: string; data: { n: number } | null; received_at?: Date }
    const found = await index.rows<Row>('select * from events order by sequence')
    return found.map(({ received_at, ...row }) => row)
  }

  it('equals the one that served, also in what is no event of ours', async () => {
    const before = await kept()
    assert.deepEqual(await rebuild(), [])
    assert.deepEqual(await kept(), before)
  })

  it('has what was changed, removed and swapped in it put right', async () => {
    const before = await kept()
    await index.rows(`update events set data = '{"n":0}' where sequence = 7`)
    await index.rows('delete from events where sequence = 9')
    await index.rows(`update events set data = (select data from events where sequence = 12) where sequence = 11`)
    assert.deepEqual(await rebuild(), [])
    assert.deepEqual(await kept(), before)
  })

  it('keeps what the stream has forgotten, and names what is not as it was sealed', async () => {
    const before = await kept()
    const manager = await jetstreamManager(connection)
    await assert.rejects(manager.streams.purge('EVENTS', { seq: 11 }), /deny purge|not permitted/)
    await assert.rejects(manager.streams.deleteMessage('EVENTS', 5), /delete|not permitted/)
    const { config } = await manager.streams.info('EVENTS')
    await manager.streams.update('EVENTS', { ...config, max_msgs: 20 })
    await index.rows(`update events set data = '{"n":0}' where sequence = 7`)
    await index.rows('delete from events where sequence = 9')
    assert.deepEqual(await rebuild(), [7, 9])
    const after = await kept()
    assert.deepEqual(
      after,
      before.filter(({ sequence }) => sequence !== 9).map((row) => (row.sequence === 7 ? after[6] : row)),
    )
    assert.equal(after[6]?.data?.n, 0)
  })

  it('has the archive put right what neither stream nor index holds as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'archive-'))
    try {
      const before = await kept()
      const archive = await openArchive({ ARCHIVE_URL: pathToFileURL(folder).href, ARCHIVE_REGION: 'none' })
      assert.ok(archive)
      assert.ok(await archiveOnce({ ...index.sealing, archive, records: count, after_ms: 0 }))
      await index.rows(`update events set data = '{"n":0}' where sequence = 7`)
      await index.rows('delete from events where sequence = 9')
      assert.deepEqual(await rebuild(archive), [])
      assert.deepEqual(await kept(), before)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
