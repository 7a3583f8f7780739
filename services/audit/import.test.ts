// Importing on a real database: what was exported comes back as it was, and nothing else comes in.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Caller } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import { readSigningKey, signCheckpoint } from '@deliveryflow/kit/history/checkpoint'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { lineOf, type SealedRecord } from '@deliveryflow/kit/history/segment'
import { scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { importSegment } from './import.ts'
import { sealOnce } from './sealer.ts'
import { recordOf, type ScratchIndex, scratchIndex } from './testing.ts'

const key = readSigningKey(randomBytes(32).toString('base64url'))
const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
let link: Buffer = genesis
const history: SealedRecord[] = Array.from({ length: 30 }, (_, n) => {
  const record = recordOf({
    ...{ sequence: n + 1, id: uuid(n), type: 'order_paid', aggregate: uuid(500), correlation_id: uuid(500) },
    ...{ causation_id: null, time: new Date(n), data: { n } },
  })
  link = linkOf(link, hashOf(record))
  return { ...record, link }
})

/** The text of an export of these places. */
const segmentOf = (from: number, to: number, change: (record: SealedRecord) => SealedRecord = (record) => record) => {
  const records = history.slice(from - 1, to)
  const last = records.at(-1)
  const public_key = key.public.export({ type: 'spki', format: 'pem' }).toString()
  return [
    lineOf({
      header: {
        before: history[from - 2]?.link ?? genesis,
        keys: [{ key_id: key.id, public_key }],
        written_at: new Date(),
      },
    }),
    ...records.map((record) => lineOf({ record: change(record) })),
    lineOf({ checkpoint: signCheckpoint(key, to, last?.link ?? genesis) }),
    lineOf({ end: { records: records.length, last: to } }),
  ].join('')
}

describe('importing a segment', () => {
  let index: ScratchIndex
  before(async () => {
    index = await scratchIndex(await scratchDatabase(), { key })
  })
  beforeEach(() => index.empty())
  after(() => index?.drop())

  const admin: Caller = { user_id: uuid(1), role: 'admin' }
  const importing = async (segment: string) => {
    const { transaction } = index.sealing
    const answer = await importSegment({ segment }, { transaction } as Parameters<typeof importSegment>[1], admin)
    return answer instanceof Rejection ? `${answer.code}: ${answer.detail}` : answer.entered
  }
  const links = async () =>
    (await index.rows<{ link: Buffer }>('select link from seals order by sequence')).map(({ link }) =>
      link.toString('hex'),
    )
  const expected = (from = 1, to = history.length) =>
    history.slice(from - 1, to).map((record) => Buffer.from(record.link ?? []).toString('hex'))

  it('enters what is not there, once', async () => {
    assert.equal(await importing(segmentOf(1, 20)), 20)
    assert.equal(await importing(segmentOf(11, 30)), 10)
    assert.equal(await importing(segmentOf(1, 30)), 0)
    assert.deepEqual(await links(), expected())
  })

  it('goes before what a new index began with: that is sealed again behind it', async () => {
    await handle.enter(history.slice(20), index.db)
    await sealOnce(index.sealing)
    assert.notDeepEqual(await links(), expected(21))
    assert.equal(await importing(segmentOf(1, 12)), 12)
    assert.equal(await importing(segmentOf(13, 20)), 8)
    await sealOnce(index.sealing)
    assert.deepEqual(await links(), expected())
  })

  it('goes on behind what is there, and leaves no gap', async () => {
    await handle.enter(history.slice(0, 10), index.db)
    await sealOnce(index.sealing)
    assert.match(String(await importing(segmentOf(15, 20))), /history_conflict: The history ends at 10/)
    assert.equal(await importing(segmentOf(11, 20)), 10)
    assert.deepEqual(await links(), expected(1, 20))
  })

  it('refuses what is not as it was sealed, and another history', async () => {
    const changed = (record: SealedRecord) => (record.sequence === 7 ? { ...record, body: Buffer.from('{}') } : record)
    assert.match(String(await importing(segmentOf(1, 20, changed))), /invalid_request: changed 7/)
    assert.match(String(await importing(segmentOf(1, 20).replace('{"end"', '{"und"'))), /invalid_request: line 23/)
    assert.match(String(await importing('')), /invalid_request/)
    assert.deepEqual(await links(), [])

    const other = recordOf({
      ...{ sequence: 5, id: uuid(99), type: 'order_paid', aggregate: uuid(500), correlation_id: uuid(500) },
      ...{ causation_id: null, time: new Date(0), data: {} },
    })
    await handle.enter([...history.slice(0, 4), other], index.db)
    await sealOnce(index.sealing)
    assert.match(String(await importing(segmentOf(1, 20))), /history_conflict: Place 5 holds another record/)
    assert.match(String(await importing(segmentOf(6, 20))), /history_conflict: The chain up to 5 is another one/)
    assert.equal((await links()).length, 5)
  })
})
