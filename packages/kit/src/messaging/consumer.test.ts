import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumerContract, MessageContract } from '@deliveryflow/contracts'
import { type ScratchDatabase, type ScratchStream, scratchDatabase, scratchStream } from '@deliveryflow/local/testing'
import { z } from 'zod'
import { Terminal, Unavailable } from '../errors.ts'
import { publish } from '../outbox/publish.ts'
import { type Database, openDatabase } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { type Transaction, transactions } from '../postgres/transaction.ts'
import { batchHandler } from '../service/handle.ts'
import { createLog } from '../telemetry/log.ts'
import { byContract, type RunningConsumer, startConsumer } from './consumer.ts'
import { type Message, outgoing } from './envelope.ts'

const log = createLog('consumer-test', 'silent')

describe('a consumer', () => {
  let scratch: ScratchDatabase
  let stream: ScratchStream
  let db: Database
  let counted: MessageContract
  let contract: ConsumerContract
  let consumer: RunningConsumer | undefined

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, scratch.noMigrations)
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, log)
    await db.query({ name: 'make', text: 'create table counts (id uuid primary key, n int not null)', values: [] })
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })
  beforeEach(async () => {
    stream = await scratchStream()
    const subject = `${stream.prefix}.counted`
    counted = {
      type: 'counted',
      subject,
      stream: 'EVENTS',
      aggregate: 'id',
      about: 'a test',
      data: z.object({ id: z.uuid() }),
    }
    contract = { service: 'test', stream: stream.name, durable: 'counter', filter_subjects: [subject], state: 'memory' }
    await stream.addConsumer('counter')
  })
  afterEach(async () => {
    await consumer?.stop()
    await stream.drop()
  })

  const start = (batch: (messages: Message[], tx: Transaction) => Promise<void>) => {
    const hears = { counted: { effects: 'external' as const, batch } }
    consumer = startConsumer({
      contract,
      read: byContract(contract.service, [counted]),
      js: stream.js,
      log,
      batch: 100,
      linger_ms: 0,
      concurrency: 1,
      handle: batchHandler(
        contract,
        hears,
        {},
        transactions(db, 'test', () => undefined),
      ),
    })
  }
  const count = async (messages: Message[], tx: Transaction) => {
    for (const { data } of messages) {
      await tx.query({
        name: 'count',
        text: 'insert into counts values ($1, 1) on conflict (id) do update set n = counts.n + 1',
        values: [data.id],
      })
    }
  }
  const say = async (
    ids: string[],
    change: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
  ) => {
    const messages = ids.map((id) => outgoing('test', counted, { id }))
    await publish(
      stream.js,
      messages.map((message) => ({ ...message, headers: change(message.headers), data: JSON.stringify(message.data) })),
    )
    return messages
  }
  const countsOf = async (ids: string[]) => {
    const result = await db.query<{ n: number }>({
      name: 'counts',
      text: 'select n from counts where id = any($1)',
      values: [ids],
    })
    return result.rows.map(({ n }) => n)
  }
  const until = async (what: string, check: () => Promise<boolean>) => {
    for (let tries = 0; tries < 500; tries++) {
      if (await check()) return
      await sleep(20)
    }
    assert.fail(what)
  }
  const settled = () => until('everything is settled', async () => (await stream.unsettled('counter')) === 0)
  const ids = (n: number) => Array.from({ length: n }, () => randomUUID())

  it('handles each message once, however often it is delivered', async () => {
    const known = ids(20)
    const messages = await say(known)
    // The same event three times: under other stream ids, as when the stream's duplicate window has passed.
    for (const round of ['again', 'once more']) {
      await publish(
        stream.js,
        messages.map((message) => ({
          ...message,
          headers: { ...message.headers, 'Nats-Msg-Id': `${message.id} ${round}` },
          data: JSON.stringify(message.data),
        })),
      )
    }
    assert.equal((await stream.messages()).length, 60)
    start(count)
    await settled()
    assert.deepEqual(await countsOf(known), Array(20).fill(1))
  })

  it('isolates a poison message while the others flow', async () => {
    const poison = randomUUID()
    const healthy = ids(60)
    await say([...healthy.slice(0, 30), poison, ...healthy.slice(30)])
    start(async (messages, tx) => {
      await count(messages, tx)
      if (messages.some(({ data }) => data.id === poison)) throw new Terminal('poison')
    })
    await settled()
    assert.deepEqual(await countsOf(healthy), Array(60).fill(1))
    assert.deepEqual(await countsOf([poison]), [])
    const [letter, ...more] = await stream.deadLetters()
    assert.equal(more.length, 0)
    assert.deepEqual(letter?.data, { id: poison })
    assert.equal(letter?.headers['df-dlq-error'], JSON.stringify('Terminal: poison'))
    assert.equal(letter?.headers['df-dlq-attempts'], '1')
    assert.equal(letter?.headers['ce-type'], 'counted')
  })

  it('buries what can never be read', async () => {
    await stream.js.publish(counted.subject, 'this is not JSON')
    await say([randomUUID()], (headers) => ({ ...headers, 'ce-type': 'another' }))
    start(count)
    await settled()
    const reasons = (await stream.deadLetters()).map(({ headers }) => headers['df-dlq-error'])
    assert.match(reasons.join('\n'), /ce-id is not a UUID/)
    assert.match(reasons.join('\n'), /ce-type is \\"another\\"/)
  })

  it('buries what has more wrong with it than a message can hold', async () => {
    await say(ids(1))
    start(async () => {
      throw new Terminal('wrong '.repeat(500_000))
    })
    await settled()
    const [letter] = await stream.deadLetters()
    assert.match(letter?.headers['df-dlq-error'] ?? '', /^"Terminal: wrong wrong .*…"$/)
    assert.match(letter?.headers['df-dlq-stack'] ?? '', /…\\n +at /, 'where it was thrown is told')
  })

  it('tries again what may heal', async () => {
    const [id = ''] = await say(ids(1)).then((messages) => messages.map(({ aggregate }) => aggregate))
    let attempts = 0
    start(async (messages, tx) => {
      attempts++
      if (attempts < 3) throw new Error('not yet')
      await count(messages, tx)
    })
    await settled()
    assert.deepEqual(await countsOf([id]), [1])
    assert.equal(attempts, 3)
    assert.equal((await stream.deadLetters()).length, 0)
  })

  it('keeps the batch in hand while a dependency is away, and judges nobody', async () => {
    const known = ids(10)
    await say(known)
    let calls = 0
    start(async (messages, tx) => {
      calls++
      if (calls < 4) throw new Unavailable('the database is away')
      await count(messages, tx)
    })
    await settled()
    assert.deepEqual(await countsOf(known), Array(10).fill(1))
    assert.equal((await stream.deadLetters()).length, 0)
  })

  it('gives back what it has not begun when it stops', async () => {
    const known = ids(300)
    await say(known)
    start(async (messages, tx) => {
      await sleep(20)
      await count(messages, tx)
    })
    await sleep(60)
    await consumer?.stop()
    start(count)
    await settled()
    assert.deepEqual(await countsOf(known), Array(300).fill(1))
  })
})
