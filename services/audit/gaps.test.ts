// Places that were lost with a real stream: each is told of in the history, and the chain goes on.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { Rejection } from '@deliveryflow/kit'
import { recordOf, type StoredRecord } from '@deliveryflow/kit/history/record'
import { browse } from '@deliveryflow/kit/messaging/browse'
import { ownBackends, scratchDatabase } from '@deliveryflow/local/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import * as gaps from './gaps.ts'
import * as handle from './handlers.ts'
import { sealOnce } from './sealer.ts'
import { type ScratchIndex, scratchIndex } from './testing.ts'

let index: ScratchIndex
let connection: NatsConnection
const records: StoredRecord[] = []
before(async () => {
  index = await scratchIndex(await scratchDatabase())
  const { nats_url, nats_admin_password } = await ownBackends()
  connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
  const js = jetstream(connection)
  for (let n = 1; n <= 30; n++) await js.publish('events.order_paid', JSON.stringify({ n }))
  for await (const message of browse(js, 'EVENTS')) records.push(recordOf(message))
})
after(async () => {
  await connection?.close()
  await index?.drop()
})

const close = async (dry_run = false) => {
  const context = { ...index.sealing, js: jetstream(connection) } as unknown as Parameters<typeof gaps.close>[1]
  const input = { reason: 'the disks of NATS were lost', dry_run }
  const answer = await gaps.close(input, context, { user_id: '00000000-0000-7000-8000-000000000001', role: 'admin' })
  assert.ok(!(answer instanceof Rejection))
  return answer
}

it('places that neither index nor stream holds are closed; what is on its way is waited for', async () => {
  const enter = (some: StoredRecord[]) => handle.enter(some, index.db)
  await enter(records.filter(({ sequence }) => sequence <= 24 && ![7, 8, 22].includes(sequence)))
  assert.equal((await close()).closed, 0, 'the stream holds them still')
  const manager = await jetstreamManager(connection)
  const { config } = await manager.streams.info('EVENTS')
  await manager.streams.update('EVENTS', { ...config, max_msgs: 12 })
  await sealOnce(index.sealing)

  assert.deepEqual(await close(true), { closed: 2, first: 7, last: 8 })
  assert.deepEqual(await close(), { closed: 2, first: 7, last: 8 })
  assert.equal((await close()).closed, 0)
  assert.equal(await sealOnce(index.sealing), 15, 'up to 21, behind which 22 is on its way')
  const told = await index.rows('select type, data from events where sequence = 8')
  const data = { reason: 'the disks of NATS were lost', by: '00000000-0000-7000-8000-000000000001' }
  assert.deepEqual(told, [{ type: 'place_lost', data }])

  await assert.rejects(enter(records.slice(6, 7)), /Place 7 .*holds another record/)
  await enter(records.slice(21))
  assert.equal(await sealOnce(index.sealing), 9)
})
