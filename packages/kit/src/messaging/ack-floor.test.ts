// A consumer that the servers forgot goes on where it was; one that was made anew begins at the beginning.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { ConsumerContract } from '@deliveryflow/contracts'
import { type ScratchDatabase, type ScratchStream, scratchDatabase, scratchStream } from '@deliveryflow/local/testing'
import { type Database, openDatabase } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { createLog } from '../telemetry/log.ts'
import { alignAckFloor, keepAckFloor } from './ack-floor.ts'

describe('the ack floor of a consumer', () => {
  let scratch: ScratchDatabase
  let stream: ScratchStream
  let db: Database
  let contract: ConsumerContract

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, scratch.noMigrations)
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 2 }, createLog('ack-floor-test', 'silent'))
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })
  beforeEach(async () => {
    stream = await scratchStream()
    const filter_subjects = [`${stream.prefix}.counted`]
    contract = { service: 'test', stream: stream.name, durable: 'counter', filter_subjects, state: 'memory' }
    await stream.addConsumer('counter')
    for (let n = 1; n <= 6; n++) await stream.js.publish(`${stream.prefix}.counted`, String(n))
  })
  afterEach(() => stream.drop())

  const align = () => alignAckFloor(db, stream.js, contract)
  const next = async (): Promise<number> => {
    const consumer = await stream.js.consumers.get(stream.name, 'counter')
    const message = await consumer.next({ expires: 2000 })
    assert.ok(message, 'a message waits')
    await message.ackAck()
    return message.seq
  }
  /** What is left of a consumer in memory when all servers ended at once: its configuration. */
  const forget = async () => (await stream.js.jetstreamManager()).consumers.reset(stream.name, 'counter', 1)

  it('is kept, and a consumer that was forgotten goes on behind it', async () => {
    for (const seq of [1, 2, 3, 4]) assert.equal(await next(), seq)
    assert.equal(await align(), 'kept')
    await forget()
    assert.equal(await align(), 'restored')
    assert.equal(await next(), 5)
    assert.equal(await align(), 'kept', 'it is further than what was kept')
  })

  it('repeats what was acknowledged after it was last kept, and nothing else', async () => {
    for (const seq of [1, 2, 3]) assert.equal(await next(), seq)
    await align()
    assert.equal(await next(), 4)
    await forget()
    await align()
    assert.equal(await next(), 4)
  })

  it('does not touch a consumer at work, however often it is asked', async () => {
    for (const seq of [1, 2, 3]) {
      assert.equal(await next(), seq)
      assert.equal(await align(), 'kept')
      assert.equal(await align(), 'kept')
    }
  })

  it('is not applied to a consumer that was made anew, whose stream may have begun again', async () => {
    for (const seq of [1, 2, 3]) assert.equal(await next(), seq)
    await align()
    await (await stream.js.jetstreamManager()).consumers.delete(stream.name, 'counter')
    await stream.addConsumer('counter')
    assert.equal(await align(), 'kept')
    assert.equal(await next(), 1)
    await align()
    await forget()
    assert.equal(await align(), 'restored', 'from now on the new one is kept')
    assert.equal(await next(), 2)
  })

  it('goes back to what a database holds that lost the rest', async () => {
    for (const seq of [1, 2, 3, 4]) assert.equal(await next(), seq)
    const log = createLog('ack-floor-test', 'silent')
    const keeping = (reached: number) => keepAckFloor(db, stream.js, contract, log, async () => reached)
    await (await keeping(4)).stop()
    assert.equal(await next(), 5, 'it lacks nothing')
    await db.query({ name: '', text: 'delete from messaging.ack_floor', values: [] })
    await (await keeping(2)).stop()
    for (const seq of [3, 4, 5, 6]) assert.equal(await next(), seq)
  })
})
