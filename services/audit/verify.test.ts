// The proof of the history in parts: together they find what one walk over all of it finds, and each says where it stands.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type InputOf, verifyHistory } from '@deliveryflow/contracts'
import { newId, Rejection } from '@deliveryflow/kit'
import { ownBackends, scratchDatabase } from '@deliveryflow/local/testing'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import * as handle from './handlers.ts'
import { sealOnce } from './sealer.ts'
import { recordOf, type ScratchIndex, scratchIndex } from './testing.ts'
import { verify } from './verify.ts'

const count = 60
const record = (n: number) =>
  recordOf({
    ...{
      sequence: n,
      id: newId(),
      type: 'order_paid',
      aggregate: newId(),
      correlation_id: newId(),
      causation_id: null,
    },
    ...{ time: new Date(n), data: { n } },
  })

describe('the proof of the history', () => {
  let index: ScratchIndex
  let connection: NatsConnection
  let js: JetStreamClient

  before(async () => {
    const { nats_url, nats_admin_password } = await ownBackends()
    connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
    js = jetstream(connection)
    // As many as the index is to hold; audit has taken them in.
    for (let n = 1; n <= count; n++) await js.publish('events.order_paid', '{}')
    const consumer = await js.consumers.get('EVENTS', 'audit')
    for await (const message of await consumer.fetch({ max_messages: count, expires: 5000 })) await message.ackAck()
    index = await scratchIndex(await scratchDatabase(), { checkpoint_records: 10 })
  })
  const fill = async () => {
    await index.empty()
    for (let n = 1; n <= count; n += 10) {
      await handle.enter(
        Array.from({ length: 10 }, (_, k) => record(n + k)),
        index.db,
      )
      // What entered last waits for its seal.
      if (n < 51) await sealOnce(index.sealing)
    }
  }
  beforeEach(fill)
  after(async () => {
    await index?.drop()
    await connection?.close()
  })

  const ask = (input: Partial<InputOf<typeof verifyHistory>>) =>
    // It takes nothing from its context but the database and JetStream.
    verify(verifyHistory.input.parse(input), { db: index.db, js } as unknown as Parameters<typeof verify>[1], {
      user_id: newId(),
      role: 'admin',
    })
  /** All parts of this size, added up. */
  const walk = async (limit: number, input: Partial<InputOf<typeof verifyHistory>> = {}) => {
    const whole = {
      parts: 0,
      records: 0,
      checkpoints: 0,
      unsealed: 0,
      link: null as string | null,
      found: [] as string[],
    }
    for (let { cursor } = input; ; ) {
      const answer = await ask({ ...input, limit, ...(cursor !== undefined && { cursor }) })
      if (answer instanceof Rejection) assert.fail(answer.detail)
      const part = verifyHistory.output.parse(answer)
      whole.parts++
      whole.records += part.records
      whole.checkpoints += part.checkpoints
      whole.unsealed = part.unsealed
      whole.link = part.link
      whole.found.push(
        ...part.findings.map(({ what, sequence, last }) => `${what} ${sequence}${last ? `-${last}` : ''}`),
      )
      if (part.next_cursor === null) return whole
      cursor = part.next_cursor
    }
  }
  const found = async (limit: number) => (await walk(limit)).found.sort()
  const gone = (where: string) =>
    ['checkpoints', 'seals', 'events'].map((table) => `delete from ${table} where sequence ${where}`)

  it('comes to the same link whatever the size of its parts, and counts what waits for its seal', async () => {
    const whole = await walk(1000)
    assert.deepEqual([whole.parts, whole.records, whole.checkpoints, whole.unsealed], [1, count, 5, 10])
    assert.match(whole.link ?? '', /^[0-9a-f]{64}$/)
    assert.deepEqual(whole.found, [])
    for (const limit of [1, 7, 30]) {
      const { parts, ...sums } = await walk(limit)
      assert.deepEqual({ ...sums, parts: 1 }, whole)
      assert.ok(parts >= count / limit)
    }
    assert.deepEqual((await walk(7, { after: 50 })).records, 10)
    assert.equal((await walk(7, { after: 33 })).link, whole.link)
  })

  it('finds in parts what it finds in one walk', async () => {
    for (const [changes, expected] of [
      [[`update events set data = '{"n":0}' where sequence = 15`], ['changed 15']],
      // On the border between two parts of seven.
      [['delete from events where sequence between 27 and 29'], ['removed 27', 'removed 28', 'removed 29']],
      [gone('between 20 and 38'), ['removed 20-38']],
      [
        ['delete from checkpoints where sequence = 20', 'delete from seals where sequence between 13 and 22'],
        ['added 13-22'],
      ],
      [[`update checkpoints set link = sha256('') where sequence = 30`], ['forged 30']],
      [[`update seals set link = sha256('') where sequence = 14`], ['changed 14', 'changed 15']],
      [['delete from events where sequence > 55'], ['removed 56-60']],
      [
        [
          'update events set sequence = -1 where sequence = 23',
          'update events set sequence = 23 where sequence = 25',
          'update events set sequence = 25 where sequence = -1',
        ],
        ['swapped 23', 'swapped 25'],
      ],
    ] satisfies [string[], string[]][]) {
      await fill()
      for (const change of changes) await index.rows(change)
      for (const limit of [1000, 7])
        assert.deepEqual(await found(limit), expected, `${changes[0]} in parts of ${limit}`)
    }
  })

  it('is not misled by what happens meanwhile: records are entered and sealed', async () => {
    const answer = await ask({ limit: 55 })
    assert.ok(!(answer instanceof Rejection) && answer.next_cursor)
    assert.equal(answer.last, 50, 'it ends with a seal')
    await sealOnce(index.sealing)
    const { records, found: wrong, unsealed } = await walk(7, { cursor: answer.next_cursor })
    assert.deepEqual([records, wrong, unsealed], [10, [], 0])

    // Two replicas enter what they have in hand; the one before has not come to its record yet, and has not acknowledged it.
    for (let n = 61; n <= 63; n++) await js.publish('events.order_paid', '{}')
    await handle.enter([record(61), record(63)], index.db)
    const whole = await walk(1000)
    assert.deepEqual([whole.records, whole.found], [count, []])
  })

  it('takes no cursor that it did not give', async () => {
    const codeOf = (answer: unknown) => (answer instanceof Rejection ? answer.code : 'answered')
    for (const cursor of ['', 'x', Buffer.from('{"upto":-1}').toString('base64url')])
      assert.equal(codeOf(await ask({ cursor })), 'invalid_request', cursor)
  })

  it('has nothing to say of an empty history but what the stream holds', async () => {
    await index.empty()
    const answer = await ask({})
    assert.ok(!(answer instanceof Rejection))
    assert.deepEqual([answer.first, answer.last, answer.records, answer.next_cursor], [null, null, 0, null])
    assert.deepEqual(
      answer.findings.map(({ what, sequence, last }) => [what, sequence, last]),
      [['removed', 1, count]],
    )
  })
})
