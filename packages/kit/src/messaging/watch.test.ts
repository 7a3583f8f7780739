// Watching on a real NATS: what is wanted is passed on decoded, the rest is not.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { event, type MessageContract } from '@deliveryflow/contracts'
import { testBackends } from '@deliveryflow/local/testing'
import { connect, headers as natsHeaders } from '@nats-io/transport-node'
import { z } from 'zod'
import { createLog } from '../telemetry/log.ts'
import { outgoing } from './envelope.ts'
import { watcher } from './watch.ts'

const contractFor = (prefix: string, type: string): MessageContract => ({
  ...event(type, { about: 'Of this test.', aggregate: 'order_id', data: z.object({ order_id: z.uuid() }) }),
  subject: `${prefix}.${type}`,
})

test('a wanted event arrives, of every type; one that is not wanted or cannot be read does not; nothing after stop', async () => {
  const { nats_url, nats_admin_password } = await testBackends()
  const connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
  const prefix = `w${randomUUID().slice(0, 8)}`
  const [made, ended] = [contractFor(prefix, 'thing_made'), contractFor(prefix, 'thing_ended')]
  const [mine, other] = [randomUUID(), randomUUID()]
  const seen: string[] = []

  const say = async (contract: MessageContract, order_id: string, data: unknown = { order_id }) => {
    const message = outgoing('test', contract, { order_id })
    const headers = natsHeaders()
    for (const [name, value] of Object.entries(message.headers)) headers.set(name, value)
    connection.publish(message.subject, JSON.stringify(data), { headers })
    await connection.flush()
    await sleep(20)
  }

  const watching = watcher(
    connection,
    [made, ended],
    createLog('test', 'silent'),
  )(
    (aggregate) => aggregate === mine,
    (message) => seen.push(`${message.type} ${message.aggregate}`),
  )
  await connection.flush()
  await say(made, mine)
  await say(made, other)
  await say(ended, mine, { order_id: 'no id' })
  await say(ended, mine)
  assert.deepEqual(seen, [`thing_made ${mine}`, `thing_ended ${mine}`])
  watching.stop()
  await say(made, mine)
  assert.equal(seen.length, 2)
  await connection.close()
})
