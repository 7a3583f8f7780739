import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type MessageContract, money } from '@deliveryflow/contracts'
import { type ScratchDatabase, type ScratchStream, scratchDatabase, scratchStream } from '@deliveryflow/local/testing'
import { z } from 'zod'
import { type Database, openDatabase } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { transactions } from '../postgres/transaction.ts'
import { createLog } from '../telemetry/log.ts'
import { type Relay, startRelay } from './relay.ts'

const log = createLog('relay-test', 'silent')

describe('the outbox and its relay', () => {
  let scratch: ScratchDatabase
  let stream: ScratchStream
  let db: Database
  let said: MessageContract
  const relays: Relay[] = []

  before(async () => {
    scratch = await scratchDatabase()
    stream = await scratchStream()
    await migrate(scratch.url, scratch.noMigrations)
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 8 }, log)
    said = {
      type: 'said',
      subject: `${stream.prefix}.said`,
      stream: 'EVENTS',
      aggregate: 'order_id',
      about: 'a test',
      data: z.object({ order_id: z.uuid(), n: z.int(), total: money.optional() }),
    }
  })
  after(async () => {
    await Promise.all(relays.map((relay) => relay.stop()))
    await db?.end()
    await stream?.drop()
    await scratch?.drop()
  })

  const relay = (poll_ms = 60_000) => {
    const started = startRelay({
      database_url: scratch.url,
      service: 'test',
      js: stream.js,
      log,
      poll_ms,
    })
    relays.push(started)
    return started
  }
  /** The numbers that the stream holds of one aggregate, in its order, once it holds `count`. */
  const received = async (order_id: string, count: number): Promise<number[]> => {
    for (let tries = 0; tries < 250; tries++) {
      const numbers = (await stream.messages<{ order_id: string; n: number }>())
        .filter((message) => message.order_id === order_id)
        .map(({ n }) => n)
      if (numbers.length >= count) return numbers
      await sleep(20)
    }
    return assert.fail(`the stream does not hold ${count} messages of ${order_id}`)
  }

  it('publishes a committed message at once and a rolled-back one never', async () => {
    const { kick } = relay()
    const transaction = transactions(db, 'test', kick)
    const order_id = randomUUID()
    await assert.rejects(
      transaction(async (tx) => {
        tx.emit(said, { order_id, n: 1 })
        throw new Error('no')
      }),
      /^Error: no$/,
    )
    await transaction(async (tx) => tx.emit(said, { order_id, n: 2 }))
    assert.deepEqual(await received(order_id, 1), [2])
  })

  it('does not lose a message whose transaction commits after a later one, as a plain cursor does', async () => {
    const { kick } = relay()
    const transaction = transactions(db, 'test', kick)
    const slow = randomUUID()
    const fast = randomUUID()
    const committed = Promise.withResolvers<void>()

    // The slow one takes the lower position: it writes first, and commits last.
    const slowClient = await db.connect()
    await slowClient.query('begin')
    const inserted = await slowClient.query<{ position: number }>(
      `with said as (insert into messaging.outbox (id, subject, aggregate, headers, data)
         values (gen_random_uuid(), $1, $2, '{}', $3) returning position, created_on)
       insert into messaging.outbox_pending (position, created_on) select position, created_on from said returning position`,
      [said.subject, slow, JSON.stringify({ order_id: slow, n: 1 })],
    )
    await transaction(async (tx) => tx.emit(said, { order_id: fast, n: 1 })).then(() => committed.resolve())
    await committed.promise
    assert.deepEqual(await received(fast, 1), [1])
    const cursor = await db.query<{ last: number }>({
      name: 'cursor',
      text: 'select max(position) as last from messaging.outbox',
      values: [],
    })
    await slowClient.query('commit')
    slowClient.release()
    kick()

    assert.deepEqual(await received(slow, 1), [1])
    const seenByCursor = await db.query({
      name: 'seen_by_cursor',
      text: 'select from messaging.outbox where position > $1 and aggregate = $2',
      values: [cursor.rows[0]?.last, slow],
    })
    assert.ok(Number(inserted.rows[0]?.position) < Number(cursor.rows[0]?.last))
    assert.equal(seenByCursor.rows.length, 0, 'a cursor that has passed the position never sees it')
  })

  it('keeps the order of an aggregate across many transactions and two relays', async () => {
    const relayOfA = relay(50)
    const relayOfB = relay(50)
    const transactionA = transactions(db, 'a', relayOfA.kick)
    const transactionB = transactions(db, 'b', relayOfB.kick)
    const orders = Array.from({ length: 10 }, () => randomUUID())
    await Promise.all(
      orders.map(async (order_id) => {
        for (let n = 0; n < 40; n++) {
          const transaction = n % 2 === 0 ? transactionA : transactionB
          await transaction(async (tx) => tx.emit(said, { order_id, n }))
        }
      }),
    )
    for (const order_id of orders) {
      assert.deepEqual(
        await received(order_id, 40),
        Array.from({ length: 40 }, (_, n) => n),
      )
    }
  })

  it('publishes once what is found pending although the stream holds it: a crash between publish and commit', async () => {
    const order_id = randomUUID()
    await transactions(
      db,
      'test',
      () => undefined,
    )(async (tx) => {
      for (let n = 0; n < 5; n++) tx.emit(said, { order_id, n })
    })
    const { kick } = relay(50)
    assert.deepEqual(await received(order_id, 5), [0, 1, 2, 3, 4])
    await db.query({
      name: 'pend_again',
      text: `insert into messaging.outbox_pending (position, created_on)
             select position, created_on from messaging.outbox where aggregate = $1 on conflict do nothing`,
      values: [order_id],
    })
    kick()
    for (let tries = 0; tries < 100 && (await pending()) > 0; tries++) await sleep(20)
    assert.equal(await pending(), 0)
    assert.deepEqual(await received(order_id, 5), [0, 1, 2, 3, 4])
  })

  it('keeps the rows it published, in a partition for each day', async () => {
    const rows = await db.query<{ count: number; partition: string }>({
      name: 'kept',
      text: 'select count(*) as count, tableoid::regclass::text as partition from messaging.outbox group by 2',
      values: [],
    })
    assert.ok(rows.rows.reduce((sum, { count }) => sum + count, 0) > 400)
    assert.ok(rows.rows.some(({ partition }) => /outbox_\d{8}$/.test(partition)))
  })

  const pending = async () => {
    const result = await db.query<{ count: number }>({
      name: 'pending',
      text: 'select count(*) as count from messaging.outbox_pending',
      values: [],
    })
    return result.rows[0]?.count ?? 0
  }
})
