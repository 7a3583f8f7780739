// Who is answered, over a real NATS: a call for a user carries who that is, and one for a role carries somebody of that role.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, it } from 'node:test'
import { adminRpc, courierRpc, type Role, type RpcContract, rpc, topology, userRpc } from '@deliveryflow/contracts'
import { testBackends } from '@deliveryflow/local/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import { Rejection } from '../errors.ts'
import { createLog } from '../telemetry/log.ts'
import { rpcClient } from './client.ts'
import { startRpcServer } from './server.ts'

let connection: NatsConnection
before(async () => {
  const { nats_url, nats_admin_password } = await testBackends()
  connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
})
after(() => connection.close())

const shape = {
  about: 'Of this test.',
  input: z.strictObject({ known: z.string() }),
  output: z.unknown(),
  rejections: [],
  idempotent: false,
}
const declared = [rpc('test', shape), userRpc('test', shape), courierRpc('test', shape), adminRpc('test', shape)]

for (const contract of declared) {
  const allowed: Record<RpcContract['access'], (Role | 'nobody')[]> = {
    public: ['nobody', 'customer', 'courier', 'admin'],
    user: ['customer', 'courier', 'admin'],
    courier: ['courier', 'admin'],
    admin: ['admin'],
  }
  it(`a call for ${contract.access} is answered to ${allowed[contract.access].join(', ')}; nobody else learns what it takes`, async () => {
    const asked: RpcContract = { ...contract, subject: `rpc.${randomUUID()}` }
    const server = await startRpcServer({
      ...{ connection, version: '1.2.3', concurrency: 4, log: createLog('test', 'silent') },
      service: { ...topology.catalog, name: `test-${randomUUID()}` },
      answers: new Map([[asked, async () => 'answered']]),
    })
    const call = rpcClient(connection)
    const outcome = async (who: Role | 'nobody', input: object) => {
      const caller = who === 'nobody' ? {} : { caller: { user_id: randomUUID(), role: who } }
      const answer = await call(asked, input, caller)
      return answer instanceof Rejection ? answer.code : answer
    }
    for (const who of ['nobody', 'customer', 'courier', 'admin'] as const) {
      const may = allowed[contract.access].includes(who)
      const refused = who === 'nobody' ? 'unauthenticated' : 'forbidden'
      assert.equal(await outcome(who, { known: '' }), may ? 'answered' : refused, who)
      assert.equal(await outcome(who, { unknown: '' }), may ? 'invalid_request' : refused, who)
    }
    await server.stop()
  })
}
