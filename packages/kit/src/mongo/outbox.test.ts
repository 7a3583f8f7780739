import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageContract } from '@deliveryflow/contracts'
import { type ScratchStream, scratchStream, testBackends } from '@deliveryflow/local/testing'
import { z } from 'zod'
import type { Relay } from '../outbox/relay.ts'
import { createLog } from '../telemetry/log.ts'
import { isDuplicateKey, type Mongo, openMongo } from './connection.ts'
import { type Carrier, type EmbeddedOutbox, embeddedOutbox, outboxIndex } from './outbox.ts'

const log = createLog('outbox-test', 'silent')

describe('the outbox in MongoDB', () => {
  let stream: ScratchStream
  let mongo: Mongo
  let said: MessageContract
  const relays: Relay[] = []

  before(async () => {
    stream = await scratchStream()
    const { mongodb_url } = await testBackends()
    mongo = openMongo({ url: mongodb_url, service: `test_${randomUUID().slice(0, 8)}`, prepare: async () => undefined })
    said = contractOn(`${stream.prefix}.said`)
  })
  after(async () => {
    await Promise.all(relays.map((relay) => relay.stop()))
    await (await mongo.database()).dropDatabase()
    await mongo.close()
    await stream.drop()
  })

  const contractOn = (subject: string): MessageContract => ({
    type: 'said',
    subject,
    stream: 'EVENTS',
    aggregate: 'thing',
    about: 'a test',
    data: z.object({ thing: z.string(), n: z.int() }),
  })
  const scratch = async () => {
    const collection = (await mongo.database()).collection<Carrier & { name?: string }>(`c${randomUUID().slice(0, 8)}`)
    await collection.createIndex(outboxIndex)
    await collection.createIndex({ name: 1 }, { unique: true })
    const carriers = async () => (await mongo.database()).collection<Carrier>(collection.collectionName)
    const outbox: EmbeddedOutbox<{ _id: string; name: string }, MessageContract> = embeddedOutbox('test', carriers)
    const insert = (name: string, ...numbers: number[]) =>
      outbox.insert({ _id: randomUUID(), name }, (emit) => {
        for (const n of numbers) emit(said, { thing: collection.collectionName, n })
      })
    return { collection, outbox, insert, thing: collection.collectionName }
  }
  const start = (outbox: { start: EmbeddedOutbox<{ _id: string }, never>['start'] }, poll_ms = 60_000) => {
    const relay = outbox.start({ js: stream.js, log, poll_ms })
    relays.push(relay)
    return relay
  }
  /** The numbers the stream holds of a collection, once it holds so many. */
  const received = async (thing: string, count: number): Promise<number[]> => {
    for (let tries = 0; tries < 250; tries++) {
      const mine = (await stream.messages<{ thing: string; n: number }>()).filter((data) => data.thing === thing)
      if (mine.length >= count) return mine.map(({ n }) => n)
      await sleep(20)
    }
    return assert.fail(`the stream does not hold ${count} messages of ${thing}`)
  }
  const settled = async (collection: { countDocuments(filter: object): Promise<number> }, pending: number) => {
    for (let tries = 0; tries < 250; tries++) {
      if ((await collection.countDocuments({ outbox_pending: { $gt: '' } })) === pending) return
      await sleep(20)
    }
    assert.fail(`not ${pending} documents are pending`)
  }

  it('publishes at once what is inserted, keeps it with its document and forgets that it was pending', async () => {
    const { collection, outbox, insert, thing } = await scratch()
    start(outbox)
    await insert('a', 1)
    assert.deepEqual(await received(thing, 1), [1])
    await settled(collection, 0)
    const [document] = await collection.find().toArray()
    assert.equal(document?.name, 'a')
    assert.deepEqual(
      document?.outbox.map(({ data, headers }) => [data, headers['ce-subject']]),
      [[`{"thing":"${thing}","n":1}`, thing]],
    )
  })

  it('says nothing when the document is refused', async () => {
    const { outbox, insert, thing } = await scratch()
    start(outbox)
    await insert('a', 1)
    await assert.rejects(insert('a', 2), isDuplicateKey)
    await insert('b', 3)
    assert.deepEqual(await received(thing, 2), [1, 3])
  })

  it('finds what a crash left, in the order of the documents and within each', async () => {
    const { collection, outbox, insert, thing } = await scratch()
    for (let document = 0; document < 20; document++) await insert(`d${document}`, document * 2, document * 2 + 1)
    await insert('silent')
    // Stored the other way round: the order is that of the messages, not that of the storage.
    const documents = await collection.find().toArray()
    await collection.deleteMany({})
    await collection.insertMany(documents.reverse())
    start(outbox)
    assert.deepEqual(
      await received(thing, 40),
      Array.from({ length: 40 }, (_, n) => n),
    )
    await settled(collection, 0)
  })

  it('stores each message once although several relays publish it', async () => {
    const { collection, outbox, insert, thing } = await scratch()
    for (let n = 0; n < 100; n++) await insert(`d${n}`, n)
    for (const _ of [1, 2, 3]) start(outbox)
    await settled(collection, 0)
    const numbers = await received(thing, 100)
    assert.equal(numbers.length, 100)
    assert.equal(new Set(numbers).size, 100)
  })

  it('keeps what cannot be published, and lets the others pass', async () => {
    const { collection, outbox, insert, thing } = await scratch()
    const nowhere = contractOn(`nowhere-${thing}.said`)
    await outbox.insert({ _id: randomUUID(), name: 'lost' }, (emit) => emit(nowhere, { thing: 'other', n: 0 }))
    await insert('a', 1)
    const relay = start(outbox)
    assert.deepEqual(await received(thing, 1), [1])
    await settled(collection, 1)
    await relay.stop()
    assert.equal((await collection.findOne({ outbox_pending: { $gt: '' } }))?.name, 'lost')
  })

  it('refuses data that do not fit their contract, and inserts nothing', async () => {
    const { collection, insert } = await scratch()
    await assert.rejects(insert('a', 1.5), { name: 'ZodError' })
    assert.equal(await collection.countDocuments({}), 0)
  })
})
