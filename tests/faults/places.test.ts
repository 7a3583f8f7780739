// The places of the history when its stream is lost, or holds what audit does not expect: none is given twice, and the chain goes on.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { DeadLetter } from '@deliveryflow/contracts'
import { provision } from '@deliveryflow/kit/messaging/provision'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, headers as natsHeaders } from '@nats-io/transport-node'
import pg from 'pg'
import type { Judgement } from '../../cli/src/audit/verify.ts'
import type { Reconciled } from '../../cli/src/reconcile/reconcile.ts'
import { type Client, customer, orderIs, product, until } from '../client.ts'
import { query } from '../harness.ts'
import { type LocalGround, processOf, startLocalGround } from './ground.ts'
import { insist } from './orders.ts'

// Each names a hole that is known and not mended: its test runs, and fails without failing the run, until somebody mends it.
describe('the places of the history', () => {
  let ground: LocalGround
  let system: LocalGround['system']
  let nats: NatsConnection
  let manager: JetStreamManager
  let ann: Client
  let thing: string
  before(async () => {
    ground = await startLocalGround({ each: true })
    ;({ system } = ground)
    nats = await connect(system.nats)
    manager = await jetstreamManager(nats)
    ann = await customer(system.url, { funds: 1_000_000 })
    thing = await product(ground.admin, { price: 100, stock: 1000 })
  })
  after(async () => {
    await nats?.close()
    await ground?.stop()
  })

  const dfctl = (...words: string[]) => ground.dfctl(words)
  const completed = async () => orderIs(ann, await insist(ann, thing), 'COMPLETED')
  const lastEntered = async () => {
    const [row] = await query<{ last: number }>(system.databases.audit, 'select max(sequence)::int as last from events')
    return row?.last ?? 0
  }
  const lastStored = async () => (await manager.streams.info('EVENTS')).state.last_seq
  const allEntered = () =>
    until('audit has taken in everything', async () => (await lastEntered()) === (await lastStored()), 30)
  /** Keeps audit from entering anything until what it resolves to is called. */
  const holdUp = async () => {
    const client = new pg.Client(system.databases.audit)
    await client.connect()
    await client.query('begin; lock table events in share row exclusive mode')
    return () => client.end()
  }
  const inHand = () =>
    until('audit has some in hand', async () => (await manager.consumers.info('EVENTS', 'audit')).num_ack_pending > 0)
  const isWhole = async () => {
    const { code, stdout } = await dfctl('audit', 'verify', '-o', 'json')
    const { unsealed, findings } = JSON.parse(stdout) as Judgement
    return { code, unsealed, findings }
  }
  const staysWhole = async () => {
    await completed()
    await allEntered()
    await until('all is sealed', async () => (await isWhole()).unsealed === 0, 20).catch(() => undefined)
    assert.deepEqual(await isWhole(), { code: 0, unsealed: 0, findings: [] })
  }

  it('are not given again while audit has messages of the lost stream in hand', async () => {
    await completed()
    await allEntered()
    const letGo = await holdUp()
    await completed()
    await inHand()
    await manager.streams.delete('EVENTS')
    const mended = dfctl('reconcile', '--since', '1h')
    await until('the stream is there', async () => {
      try {
        return (await manager.streams.info('EVENTS')).state.first_seq > 0
      } catch {
        return false
      }
    })
    await completed()
    await letGo()
    const { code, stderr } = await mended
    assert.equal(code, 0, stderr)
    await until(
      'each consumer is through',
      async () => {
        const { num_pending, num_ack_pending } = await manager.consumers.info('EVENTS', 'audit')
        return num_pending + num_ack_pending === 0
      },
      120,
    )
    const letters: DeadLetter[] = JSON.parse((await dfctl('dlq', 'list', '-o', 'json')).stdout)
    const again: Reconciled = JSON.parse((await dfctl('reconcile', '--since', '1h', '-o', 'json')).stdout)
    assert.deepEqual(
      { given_up: letters.map(({ service, error }) => `${service} ${error}`), missing: again.published },
      { given_up: [], missing: {} },
    )
    await staysWhole()
  })

  it('hold whatever was said, at whatever time it claims', async () => {
    const headers = natsHeaders()
    headers.set('ce-id', crypto.randomUUID())
    headers.set('ce-type', 'order_created')
    headers.set('ce-time', '-271821-04-20T00:00:00.000Z')
    await jetstream(nats).publish('events.order_created', '{}', { headers })
    await completed()
    await allEntered()
    await staysWhole()
  })

  it('hold events of a type that this version does not know', async () => {
    await jetstream(nats).publish('events.of_another_version', '{}')
    await completed()
    await allEntered()
    await staysWhole()
  })

  it('are not given again by a deploy that made the stream anew, however far it has come since', async () => {
    await completed()
    await allEntered()
    const ended = await lastEntered()
    await manager.streams.delete('EVENTS')
    await provision(nats, 3)
    assert.equal(await lastStored(), 0)
    // Whatever is published there now stands where something else stood; audit refuses it.
    await Promise.all(Array.from({ length: Math.ceil(ended / 9) + 2 }, completed))
    await until('it has come further than the history', async () => (await lastStored()) > ended)
    const mended = await dfctl('reconcile', '--since', '1h')
    assert.equal(mended.code, 0, mended.stderr)
    assert.ok((await manager.streams.info('EVENTS')).state.first_seq > ended)
    const again = await dfctl('reconcile', '--since', '1h')
    assert.match(again.stdout, /^Nothing is missing/)
    await staysWhole()
  })

  it('may be lost with the stream: the chain goes on behind them', async () => {
    await completed()
    await allEntered()
    const letGo = await holdUp()
    await completed()
    await inHand()
    const lost = await lastStored()
    await processOf(ground, 'audit').kill()
    await letGo()
    await processOf(ground, 'audit').start()
    await completed()
    await until('audit has gone on', async () => (await lastEntered()) > lost)
    await manager.streams.delete('EVENTS')
    const mended = await dfctl('reconcile', '--since', '1h')
    assert.equal(mended.code, 0, mended.stderr)
    await staysWhole()
  })
})
