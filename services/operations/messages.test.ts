// Reading a stream by place over a real NATS: backwards, forwards, on a subject, and no more than an answer holds.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type InputOf, listStreamMessages } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import { testBackends } from '@deliveryflow/local/testing'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, headers as natsHeaders } from '@nats-io/transport-node'
import { messages } from './messages.ts'

const name = `TEST-${randomUUID()}`
const count = 3000
const largeText = 'ä'.repeat(40_000)
let connection: NatsConnection
let manager: JetStreamManager

before(async () => {
  const { nats_url, nats_admin_password } = await testBackends()
  connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
  manager = await jetstreamManager(connection)
  await manager.streams.add({ name, subjects: [`${name}.>`], allow_direct: true })
  const js = jetstream(connection)
  // Of 3000 messages, one in a hundred is of another kind.
  const publish = async (n: number) => {
    const headers = natsHeaders()
    headers.append('kind', 'first')
    headers.append('kind', 'second')
    await js.publish(`${name}.${n % 100 === 7 ? 'rare' : 'common'}`, `{"n":${n}}`, { headers })
  }
  for (let n = 1; n <= count; n++) await publish(n)
  await Promise.all([10, 2990, 2999].map((sequence) => manager.streams.deleteMessage(name, sequence)))
})
after(async () => {
  await manager?.streams.delete(name)
  await connection?.close()
})

const ask = (input: Partial<InputOf<typeof listStreamMessages>>) =>
  // It takes nothing from its context but JetStream.
  messages(
    listStreamMessages.input.parse({ stream: name, ...input }),
    { js: jetstream(connection) } as unknown as Parameters<typeof messages>[1],
    { user_id: randomUUID(), role: 'admin' },
  )
const page = async (input: Partial<InputOf<typeof listStreamMessages>>) => {
  const answer = await ask(input)
  if (answer instanceof Rejection) assert.fail(answer.detail)
  return listStreamMessages.output.parse(answer)
}
const places = async (input: Partial<InputOf<typeof listStreamMessages>>) => {
  const { items, next } = await page(input)
  return [items.map(({ sequence }) => sequence), next] as const
}

describe('the messages of a stream', () => {
  it('come newest first, and on from each page to its beginning; what was deleted is not there', async () => {
    assert.deepEqual(await places({ limit: 3 }), [[3000, 2998, 2997], { before: 2997 }])
    assert.deepEqual(await places({ limit: 3, before: 2992 }), [[2991, 2989, 2988], { before: 2988 }])
    assert.deepEqual(await places({ limit: 20, before: 13 }), [[12, 11, 9, 8, 7, 6, 5, 4, 3, 2, 1], null])
    assert.deepEqual(await places({ limit: 2, before: 3 }), [[2, 1], null])
    assert.deepEqual(await places({ before: 1 }), [[], null])
    assert.deepEqual((await places({ before: 1_000_000, limit: 1 }))[0], [3000])
  })

  it('may be none', async () => {
    const empty = `${name}-empty`
    await manager.streams.add({ name: empty, subjects: [`${empty}.>`], allow_direct: true })
    assert.deepEqual(await places({ stream: empty }), [[], null])
    await jetstream(connection).publish(`${empty}.a`, '')
    await manager.streams.purge(empty)
    for (const from of [{}, { after: 0 }, { subject: `${empty}.*` }])
      assert.deepEqual(await places({ stream: empty, ...from }), [[], null])
    await manager.streams.delete(empty)
  })

  it('come in their order from a place on', async () => {
    assert.deepEqual(await places({ limit: 4, after: 8 }), [[9, 11, 12, 13], { after: 13 }])
    assert.deepEqual(await places({ limit: 4, after: 2997 }), [[2998, 3000], null])
    assert.deepEqual(await places({ after: 3000 }), [[], null])
  })

  it('of a subject alone, however few they are', async () => {
    const rare = { subject: `${name}.rare` }
    assert.deepEqual(await places({ ...rare, limit: 3 }), [[2907, 2807, 2707], { before: 2707 }])
    assert.deepEqual(await places({ ...rare, limit: 100 }), [
      Array.from({ length: 30 }, (_, n) => 2907 - 100 * n),
      null,
    ])
    assert.deepEqual(await places({ ...rare, limit: 2, after: 150 }), [[207, 307], { after: 307 }])
    assert.deepEqual(await places({ subject: `${name}.*`, limit: 1 }), [[3000], { before: 3000 }])
    assert.deepEqual((await places({ subject: `${name}.never` }))[0], [])
  })

  it('are found behind a long stretch of others, without reading all that lies before them', async () => {
    const js = jetstream(connection)
    for (let n = 0; n < 1030; n++) await js.publish(`${name}.tail`, '')
    assert.deepEqual(await places({ subject: `${name}.common`, limit: 3 }), [[3000, 2998, 2997], { before: 2997 }])
    assert.deepEqual((await places({ subject: `${name}.rare`, limit: 2 }))[0], [2907, 2807])
    await manager.streams.purge(name, { filter: `${name}.tail` })
  })

  it('are told with headers and body; a large body is cut, and one that is no text comes in base64', async () => {
    const [last] = (await page({ limit: 1 })).items
    assert.deepEqual(last, {
      ...{ sequence: 3000, subject: `${name}.common`, time: last?.time },
      headers: [
        ['kind', 'first'],
        ['kind', 'second'],
      ],
      ...{ body: '{"n":3000}', body_base64: null, size: 10, is_cut: false },
    })
    const js = jetstream(connection)
    await js.publish(`${name}.large`, `x${largeText}`)
    await js.publish(`${name}.binary`, new Uint8Array([0xff, 0, 0xfe]))
    const [binary, large] = (await page({ limit: 2 })).items
    assert.deepEqual([binary?.body, binary?.body_base64, binary?.is_cut], [null, '/wD+', false])
    assert.deepEqual([large?.size, large?.is_cut], [80_001, true])
    // 64,000 bytes end within a character: it is left out as a whole.
    assert.equal(large?.body, `x${largeText}`.slice(0, 32_000))
  })

  it('make no answer that is too large for a message', async () => {
    const js = jetstream(connection)
    const binary = new Uint8Array(100_000).fill(0xff)
    for (let n = 0; n < 12; n++) await js.publish(`${name}.heavy`, binary)
    const seen: number[] = []
    for (let before: number | undefined; ; ) {
      const { items, next } = await page({
        subject: `${name}.heavy`,
        limit: 12,
        ...(before !== undefined && { before }),
      })
      assert.ok(Buffer.byteLength(JSON.stringify(items)) < 800_000)
      seen.push(...items.map(({ sequence }) => sequence))
      if (!next?.before || items.length === 0) break
      before = next.before
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 12 }, (_, n) => (seen[0] ?? 0) - n),
    )
  })

  it('are refused of a stream that is not there, and both ways at once', async () => {
    const codeOf = async (answer: ReturnType<typeof ask>) => {
      const rejection = await answer
      return rejection instanceof Rejection ? rejection.code : 'answered'
    }
    assert.equal(await codeOf(ask({ stream: 'NOTHING' })), 'not_found')
    assert.equal(await codeOf(ask({ before: 5, after: 3 })), 'invalid_request')
    for (const subject of ['a..b', 'a b', 'a.>.b', ''])
      assert.equal(listStreamMessages.input.safeParse({ stream: name, subject }).success, false, subject)
  })
})
