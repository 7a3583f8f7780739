// Sealing on a real database: every record once, in the order of the history, however many replicas there are and however records come.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'
import { sealOnce } from './sealer.ts'
import { recordOf, type ScratchIndex, scratchIndex } from './testing.ts'

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
  let index: ScratchIndex
  before(async () => {
    index = await scratchIndex(await scratchDatabase(), { checkpoint_records: 10 })
  })
  beforeEach(() => index.empty())
  after(() => index?.drop())

  const links = async () =>
    (await index.rows<{ link: Buffer }>('select link from seals order by sequence')).map(({ link }) =>
      link.toString('hex'),
    )
  const expected = (count: number) => {
    let link: Buffer = genesis
    return records.slice(0, count).map((record) => {
      link = linkOf(link, hashOf(record))
      return link.toString('hex')
    })
  }

  it('waits for records that are still missing, and goes on behind them', async () => {
    await handle.enter([...records.slice(0, 5), ...records.slice(7)], index.db)
    assert.equal(await sealOnce(index.sealing), 5)
    assert.equal(await sealOnce(index.sealing), 0)
    await handle.enter(records.slice(5, 7), index.db)
    assert.equal(await sealOnce(index.sealing), 25)
    assert.deepEqual(await links(), expected(30))
  })

  it('is one chain, whoever seals', async () => {
    await handle.enter(records, index.db)
    const done = await Promise.all(Array.from({ length: 4 }, () => sealOnce(index.sealing)))
    assert.equal(
      done.reduce((sum, one) => sum + one),
      30,
    )
    assert.deepEqual(await links(), expected(30))
  })

  it('is signed after so many records, and after so long', async () => {
    const signed = async () =>
      (await index.rows<{ sequence: number }>('select sequence from checkpoints order by 1')).map(({ sequence }) =>
        Number(sequence),
      )
    await handle.enter(records.slice(0, 4), index.db)
    await sealOnce(index.sealing)
    assert.deepEqual(await signed(), [4], 'the first has nothing before it')
    await handle.enter(records.slice(4, 13), index.db)
    await sealOnce(index.sealing)
    assert.deepEqual(await signed(), [4])
    await handle.enter(records.slice(13, 14), index.db)
    await sealOnce(index.sealing)
    assert.deepEqual(await signed(), [4, 14])
    await handle.enter(records.slice(14, 15), index.db)
    await sealOnce({ ...index.sealing, checkpoint_ms: 0 })
    assert.deepEqual(await signed(), [4, 14, 15])
  })
})
