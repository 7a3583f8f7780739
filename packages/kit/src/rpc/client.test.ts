// Asking over a real NATS: what happens to a call whose first request is lost.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type RpcContract, rpc } from '@deliveryflow/contracts'
import { testBackends } from '@deliveryflow/local/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import { DeadlineExceeded } from '../errors.ts'
import { rpcClient } from './client.ts'

describe('a call whose request is lost on its way', () => {
  let connection: NatsConnection
  before(async () => {
    const { nats_url, nats_admin_password } = await testBackends()
    connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
  })
  after(() => connection.close())

  /** A service that never hears its first request. */
  const deafOnce = async (idempotent: RpcContract['idempotent']) => {
    const input = z.strictObject({ idempotency_key: z.string().optional() })
    const contract: RpcContract<typeof input> = {
      ...rpc('test', { about: 'Of this test.', input, output: z.unknown(), rejections: [], idempotent }),
      subject: `rpc.${randomUUID()}`,
    }
    let heard = 0
    connection.subscribe(contract.subject, {
      callback: (_, message) => {
        heard++
        if (heard > 1) message.respond(JSON.stringify({ heard }))
      },
    })
    await connection.flush()
    const call = rpcClient(connection)
    return (body: z.infer<typeof input>) => call(contract, body, { timeout_ms: 1000 })
  }

  it('is asked again when that changes nothing', async () => {
    const ask = await deafOnce(true)
    assert.deepEqual(await ask({}), { heard: 2 })
  })

  it('is asked again when the other side knows it by its key', async () => {
    const ask = await deafOnce('with_key')
    assert.deepEqual(await ask({ idempotency_key: 'mine' }), { heard: 2 })
  })

  it('is not asked again otherwise: its outcome is unknown', async () => {
    for (const idempotent of [false, 'with_key'] as const) {
      const ask = await deafOnce(idempotent)
      await assert.rejects(ask({}), DeadlineExceeded)
      assert.deepEqual(await ask({}), { heard: 2 })
    }
  })
})
