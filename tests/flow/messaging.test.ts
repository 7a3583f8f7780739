import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { services } from '@deliveryflow/contracts'
import { browse } from '@deliveryflow/kit/messaging/browse'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Svcm } from '@nats-io/services'
import { connect, type NatsConnection, headers as natsHeaders } from '@nats-io/transport-node'
import { type Client, courier, customer, orderIs, orderOf, product, signIn, until } from '../client.ts'
import { lettersTo, query, type TestSystem, testSystem } from '../harness.ts'

describe('messages between the services', () => {
  let system: TestSystem
  let admin: Client
  let nats: NatsConnection
  let js: JetStreamClient
  let manager: JetStreamManager
  before(async () => {
    system = await testSystem()
    admin = await signIn(system.url, system.admin.email, system.admin.password)
    nats = await connect(system.nats)
    js = jetstream(nats)
    manager = await jetstreamManager(nats)
    await courier(admin)
  })
  after(() => nats?.close())

  /** The messages of a stream about one order, as they were stored. */
  const stored = async (stream: string, order_id: string) => {
    const found = []
    for await (const message of browse(js, stream))
      if (message.headers?.get('ce-subject') === order_id) found.push(message)
    return found
  }
  /** Waits until every consumer has, at some moment, handled all that was in the stream at the call. */
  const handled = async (stream: string) => {
    const { state } = await manager.streams.info(stream)
    const done = new Set<string>()
    await until(`every consumer of ${stream} has got to ${state.last_seq}`, async () => {
      // Only those of the services: other tests watch the stream too, and leave it when they have seen enough.
      let left = 0
      for await (const { name, config, ack_floor, num_pending, num_ack_pending } of manager.consumers.list(stream)) {
        // A filter may leave the last messages out: then nothing being left tells the same.
        if (!config.durable_name) continue
        if (ack_floor.stream_seq >= state.last_seq || num_pending + num_ack_pending === 0) done.add(name)
        else if (!done.has(name)) left++
      }
      return left === 0
    })
  }

  it('change nothing more when each is delivered three times', async () => {
    const ann = await customer(system.url, { funds: 10_000 })
    const thing = await product(admin, { price: 1000, stock: 5 })
    const placed = await ann.post('/api/orders', orderOf(thing))
    const { order_id } = placed.body
    await orderIs(ann, order_id, 'COMPLETED')
    await until('all letters arrived', async () => (await lettersTo(system, ann.email)).length === 6)
    await until('the last event is out', async () => (await stored('EVENTS', order_id)).length === 9)
    const events = await stored('EVENTS', order_id)

    for (const round of ['second', 'third']) {
      for (const event of events) {
        const headers = natsHeaders()
        for (const [name, values] of event.headers ?? [])
          if (!name.startsWith('Nats-')) headers.set(name, values[0] ?? '')
        headers.set('Nats-Msg-Id', `${event.headers?.get('ce-id')} ${round}`)
        await js.publish(event.subject, event.data, { headers })
      }
    }
    await handled('EVENTS')
    await handled('JOBS')
    assert.equal((await stored('EVENTS', order_id)).length, 27, 'nobody said anything new')
    assert.equal((await ann.get('/api/accounts/balance')).body.balance, 9000)
    assert.equal((await ann.get(`/api/products/${thing}`)).body.stock, 4)
    assert.equal((await lettersTo(system, ann.email)).length, 6)
    assert.equal((await ann.get(`/api/orders/${order_id}/timeline`)).body.entries.length, 9)
    const ledger = await query(system.databases.payment, 'select kind from ledger where reference = $1', [order_id])
    assert.deepEqual(ledger, [{ kind: 'CAPTURE' }])
  })

  it('that are poison end among the dead letters while orders flow', async () => {
    const poison = await js.publish('events.order_created', '{"no": "event"}')
    const ann = await customer(system.url, { funds: 10_000 })
    const placed = await ann.post('/api/orders', orderOf(await product(admin)), { prefer: 'wait=10' })
    assert.equal(placed.body.status, 'PAID')
    // audit takes it in as it is: what was said is history, whatever it was.
    const hearers = services.filter(
      ({ name, hears }) => name !== 'audit' && hears.some(({ subject }) => subject === 'events.order_created'),
    )
    await until('each consumer buried it', async () => {
      const state = await manager.streams.info('DLQ', { subjects_filter: 'dlq.>' })
      return hearers.every(({ name }) => (state.state.subjects?.[`dlq.${name}.events`] ?? 0) > 0)
    })
    await until('audit keeps it', async () => {
      const text = 'select data::text as data from events where sequence = $1'
      const [record] = await query<{ data: string }>(system.databases.audit, text, [poison.seq])
      return record?.data === '{"no": "event"}'
    })
    const letter = await manager.streams.getMessage('DLQ', { last_by_subj: 'dlq.inventory.events' })
    assert.equal(letter?.header.get('df-dlq-sequence'), String(poison.seq))
    assert.match(letter?.header.get('df-dlq-error') ?? '', /^"Terminal: /)
  })

  it('have services behind them that `nats micro ls` sees', async () => {
    const seen = new Set<string>()
    for await (const { name } of await new Svcm(nats).client().ping()) seen.add(name)
    assert.deepEqual([...seen].sort(), services.map(({ name }) => name).sort())
  })

  it('are kept by three servers', async () => {
    for (const name of ['EVENTS', 'COMMANDS', 'JOBS', 'DLQ']) {
      const { config, cluster } = await manager.streams.info(name)
      assert.equal(config.num_replicas, 3)
      assert.deepEqual(
        cluster?.replicas?.map(({ current }) => current),
        [true, true],
        name,
      )
    }
  })
})
