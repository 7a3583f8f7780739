// What an instance tells of the calls it answered, over a real NATS.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RpcContract, rpc, topology } from '@deliveryflow/contracts'
import { testBackends } from '@deliveryflow/local/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import { reject } from '../errors.ts'
import { createLog } from '../telemetry/log.ts'
import { rpcClient } from './client.ts'
import { readInstances } from './instances.ts'
import { startRpcServer } from './server.ts'

let connection: NatsConnection
before(async () => {
  const { nats_url, nats_admin_password } = await testBackends()
  connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
})
after(() => connection.close())

const contract = (): RpcContract => ({
  ...rpc('test', {
    about: 'Of this test.',
    input: z.enum(['answer', 'refuse', 'fail']),
    output: z.unknown(),
    rejections: ['not_found'],
    idempotent: false,
  }),
  subject: `rpc.${randomUUID()}`,
})

const serve = (name: string, answers: Parameters<typeof startRpcServer>[0]['answers']) =>
  startRpcServer({
    ...{ connection, version: '1.2.3', answers, concurrency: 4, log: createLog('test', 'silent') },
    service: { ...topology.catalog, name },
  })

it('an instance tells how many calls it answered, how long they took in all, and how many failed; a refusal is no failure', async () => {
  const name = `test-${randomUUID()}`
  const [asked, unasked] = [contract(), contract()]
  const server = await serve(
    name,
    new Map([
      [
        asked,
        async (input: unknown) => {
          await sleep(30)
          if (input === 'fail') throw new Error('a defect')
          return input === 'refuse' ? reject('not_found', 'There is none.') : {}
        },
      ],
      [unasked, async () => ({})],
    ]),
  )
  const call = rpcClient(connection)
  for (const input of ['answer', 'refuse', 'answer'] as const) await call(asked, input)
  await assert.rejects(call(asked, 'fail'))
  const [instance, ...others] = (await readInstances(connection)).filter(({ service }) => service === name)
  await server.stop()
  assert.deepEqual([instance?.version, others], ['1.2.3', []])
  const [first, second] = instance?.endpoints ?? []
  assert.deepEqual([first?.subject, first?.answered, first?.failed], [asked.subject, 4, 1])
  assert.ok(first && first.processing_ms >= 4 * 29 && first.processing_ms < 2000, String(first?.processing_ms))
  assert.deepEqual([second?.answered, second?.processing_ms], [0, 0])
})

it('one that answers nothing is seen all the same', async () => {
  const name = `test-${randomUUID()}`
  const server = await serve(name, new Map())
  const found = (await readInstances(connection)).filter(({ service }) => service === name)
  await server.stop()
  assert.deepEqual(
    found.map(({ endpoints }) => endpoints),
    [[]],
  )
})
