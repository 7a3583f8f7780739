// The operations desk as its pages use it: over HTTP alone, as an administrator. A system of its own: read models are replayed in it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { liveEvents, services, streams } from '@deliveryflow/contracts'
import type { System } from '@deliveryflow/local/system'
import { connect, type NatsConnection, headers as natsHeaders } from '@nats-io/transport-node'
import { type Client, customer, orderIs, orderOf, product, signIn, until } from '../client.ts'
import { query } from '../harness.ts'
import { startTestSystem } from '../system.ts'

let system: System
let admin: Client
let ann: Client
let thing: string
let nats: NatsConnection

before(async () => {
  system = await startTestSystem()
  admin = await signIn(system.url, system.admin.email, system.admin.password)
  ann = await customer(system.url, { funds: 1_000_000 })
  thing = await product(admin, { price: 100 })
  nats = await connect(system.backends.nats.user('admin'))
})
after(async () => {
  await nats?.close()
  await system?.stop()
})

const get = async (path: string) => {
  const { status, body } = await admin.get(path)
  assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
  return body
}
const place = async (who = ann): Promise<string> => {
  const { body } = await who.post('/api/orders', orderOf(thing))
  return body.order_id
}
/** What operators said they did, the newest first. */
const told = async () => (await get('/api/audit/events?type=operator_acted&order=desc&limit=100')).items
const toldOf = async (key: string, id: string) => {
  const found = async () =>
    (await told()).filter(({ data }: { data: { detail: object } }) => data.detail[key as never] === id)
  await until(`it is told of ${id}`, async () => (await found()).length > 0)
  return (await found()).map(({ data: { action, by, reason } }: { data: Record<string, string> }) => [
    action,
    by,
    reason,
  ])
}
const codeOf = async (answer: ReturnType<Client['get']>) => {
  const { status, body } = await answer
  return `${status} ${body.code}`
}

describe('services', () => {
  it('are listed with what each instance has done', async () => {
    await orderIs(ann, await place(), 'PAID')
    const { items } = await get('/api/operations/services')
    assert.deepEqual(
      items.map(({ name }: { name: string }) => name),
      services.map(({ name }) => name),
    )
    for (const { name, instances } of items) {
      assert.equal(instances.length, 1, name)
      assert.ok(Date.parse(instances[0].started_at) <= Date.now())
    }
    const instanceOf = (service: string) => items.find(({ name }: { name: string }) => name === service).instances[0]
    const { requests, average_ms, endpoints } = instanceOf('order')
    assert.ok(requests > 0 && average_ms > 0, JSON.stringify({ requests, average_ms }))
    assert.ok(
      endpoints.some(
        (one: { subject: string; requests: number }) => one.subject === 'rpc.create_order' && one.requests > 0,
      ),
    )
    const { endpoints: none, ...gateway } = instanceOf('api-gateway')
    assert.deepEqual([gateway.requests, gateway.errors, gateway.average_ms, none], [null, null, null, []])
  })
})

describe('streams', () => {
  it('are listed with their consumers and how far each was behind', async () => {
    let body = await get('/api/operations/streams')
    assert.deepEqual(
      body.items.map(({ name }: { name: string }) => name),
      streams.map(({ name }) => name),
    )
    const auditOf = ({ items }: typeof body) =>
      items
        .find(({ name }: { name: string }) => name === 'EVENTS')
        .consumers.find((one: { name: string }) => one.name === 'audit')
    await until('there are two samples of it', async () => {
      body = await get('/api/operations/streams')
      return auditOf(body).samples.length >= 2
    })
    const { state } = body.items[0]
    assert.deepEqual([state.replicas, state.replicas_current, state.first_sequence], [3, 3, 1])
    assert.ok(state.messages > 0 && state.bytes > 0 && state.leader && state.first_time <= state.last_time)
    const audit = auditOf(body)
    assert.ok(audit.state.acknowledged_sequence > 0 && audit.state.last_active)
    const [[first], [second, waiting, acknowledged]] = audit.samples
    assert.ok(first < second && waiting >= 0 && acknowledged > 0)
    const rest = auditOf(await get(`/api/operations/streams?samples_after=${encodeURIComponent(first)}`)).samples
    assert.equal(rest[0][0], second)
  })

  it('show their messages, the newest first, with headers and body', async () => {
    const order_id = await place()
    await orderIs(ann, order_id, 'PAID')
    const { items } = await get('/api/operations/streams/EVENTS/messages?subject=events.order_created&limit=1')
    const [{ sequence, subject, headers, body }] = items
    assert.deepEqual([subject, JSON.parse(body).order_id], ['events.order_created', order_id])
    assert.ok(headers.some(([name, value]: [string, string]) => name === 'ce-subject' && value === order_id))
    const before = await get(`/api/operations/streams/EVENTS/messages?before=${sequence}&limit=2`)
    assert.deepEqual(
      before.items.map((one: { sequence: number }) => one.sequence),
      [sequence - 1, sequence - 2],
    )
    const behind = await get(`/api/operations/streams/EVENTS/messages?after=${sequence - 1}&limit=1`)
    assert.equal(behind.items[0].sequence, sequence)
    assert.equal(await codeOf(admin.get('/api/operations/streams/NOTHING/messages')), '404 not_found')
    assert.equal(await codeOf(admin.get('/api/operations/streams/EVENTS/messages?subject=a..b')), '400 invalid_request')
  })
})

describe('live events', () => {
  /** Reads frames until the check is fulfilled, and leaves. */
  const follow = async (
    path: string,
    work: () => Promise<unknown>,
    isEnough: (events: { type: string }[]) => boolean,
  ) => {
    const leaving = new AbortController()
    const headers = { authorization: `Bearer ${admin.token}` }
    const response = await fetch(`${system.url}${path}`, { headers, signal: leaving.signal })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    const events: { type: string; data: Record<string, unknown> }[] = []
    let text = ''
    const timer = setTimeout(() => leaving.abort(new Error(`only ${JSON.stringify(events)}`)), 20_000)
    await work()
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const [, data] = /^event: events\ndata: (.*)$/.exec(frame) ?? []
        if (data) events.push(...liveEvents.parse(JSON.parse(data)).events)
      }
      if (isEnough(events)) break
    }
    clearTimeout(timer)
    leaving.abort()
    return events
  }

  it('tell everything that happens, of one order where that is asked for', async () => {
    const all = await follow(
      '/api/operations/events',
      async () => {
        await place()
        await customer(system.url)
      },
      (events) =>
        ['order_created', 'order_paid', 'user_registered'].every((type) => events.some((one) => one.type === type)),
    )
    assert.ok(all.every((one) => typeof one.data === 'object'))
    const order_id = await place()
    const other = follow(
      `/api/operations/events?order_id=${order_id}`,
      async () => {
        await place()
        await admin.post(`/api/operations/orders/${order_id}/cancel`, { reason: 'to see it live' })
      },
      (events) => events.some(({ type }) => type === 'order_cancelled'),
    )
    for (const { data } of await other) assert.equal(data.order_id, order_id)
  })

  it('tell of no type that there is none of', async () => {
    assert.equal(await codeOf(admin.get('/api/operations/events?type=order_payed')), '400 invalid_request')
  })
})

describe('orders', () => {
  /** An order that waits for a courier, of whom there are none; resolves when the saga knows. */
  const waiting = async () => {
    const order_id = await place()
    await until('the saga waits for a courier', async () => {
      const { body } = await admin.get(`/api/operations/orders/${order_id}/saga`)
      return body.step === 'assign'
    })
    return order_id
  }

  it('that are stuck are listed until something is done about them', async () => {
    const order_id = await waiting()
    const { status, step, facts } = await get(`/api/operations/orders/${order_id}/saga`)
    assert.deepEqual([status, step, facts[0].fact], ['RUNNING', 'assign', 'order_created'])
    // The saga acts within a second of a deadline.
    const late = `update sagas set deadline_at = now() - interval '1 hour' where order_id = '${order_id}'`
    const stuck = async () =>
      (await get('/api/operations/orders/stuck')).items.find((one: { order_id: string }) => one.order_id === order_id)
    let seen: Record<string, unknown> | undefined
    await until('it is listed', async () => {
      await query(system.backends.postgres.url('saga'), late)
      seen = await stuck()
      return seen !== undefined
    })
    assert.ok(Date.parse(String(seen?.deadline)) < Date.now())
    await until('it is not listed any more', async () => (await stuck()) === undefined)
  })

  it('are compensated and cancelled with a reason, which the history has', async () => {
    for (const [act, action, because] of [
      ['compensate', 'order_compensated', 'TIMED_OUT'],
      ['cancel', 'order_cancelled', 'CUSTOMER'],
    ] as const) {
      const order_id = await waiting()
      const path = `/api/operations/orders/${order_id}/${act}`
      assert.equal(await codeOf(admin.post(path, {})), '400 invalid_request')
      const { status, body } = await admin.post(path, { reason: 'the shop burned down' })
      assert.deepEqual([status, body.order_id], [202, order_id], JSON.stringify(body))
      assert.equal((await orderIs(ann, order_id, 'CANCELLED')).reason, because)
      assert.deepEqual(await toldOf('order_id', order_id), [[action, admin.user_id, 'the shop burned down']])
    }
    const nobody = randomUUID()
    assert.equal(await codeOf(admin.get(`/api/operations/orders/${nobody}/saga`)), '404 not_found')
    for (const act of ['compensate', 'cancel'])
      assert.equal(
        await codeOf(admin.post(`/api/operations/orders/${nobody}/${act}`, { reason: 'to see' })),
        '404 not_found',
      )
    assert.ok(
      (await told()).every(({ data }: { data: { detail: { order_id?: string } } }) => data.detail.order_id !== nobody),
    )
  })

  it('show their dead letters', async () => {
    const order_id = randomUUID()
    const headers = natsHeaders()
    for (const [name, value] of [
      ['ce-id', randomUUID()],
      ['ce-type', 'of-nobody'],
      ['ce-correlationid', order_id],
    ] as const)
      headers.set(name, value)
    nats.publish('jobs.notify_user', '{}', { headers })
    const path = `/api/dead-letters?correlation_id=${order_id}`
    await until('it is given up', async () => (await get(path)).items.length === 1)
    assert.equal((await get(`/api/dead-letters?correlation_id=${randomUUID()}`)).items.length, 0)
    const { groups } = await get(`/api/dead-letter-groups?by=type&correlation_id=${order_id}`)
    assert.deepEqual([groups[0].key, groups[0].count], ['of-nobody', 1])
    const [{ sequence }] = (await get(path)).items
    await admin.post('/api/dead-letters/drop', { sequences: [sequence], reason: 'a test' })
    assert.equal((await get(path)).items.length, 0)
  })
})

describe('the history', () => {
  it('is proved in parts up to its end', async () => {
    let [records, cursor]: [number, string | null] = [0, '']
    let part = await get('/api/audit/verification?limit=10')
    for (; ; part = await get(`/api/audit/verification?limit=10&cursor=${cursor}`)) {
      assert.deepEqual(part.findings, [])
      records += part.records
      cursor = part.next_cursor
      if (cursor === null) break
    }
    assert.equal(records, part.end)
    assert.ok(records > 20 && part.keys.length === 1)
    assert.match(part.link, /^[0-9a-f]{64}$/)
  })

  it('is searched by journey, the newest first', async () => {
    const order_id = await place()
    await orderIs(ann, order_id, 'PAID')
    const path = `/api/audit/events?correlation_id=${order_id}&order=desc`
    await until('audit has it', async () => (await get(path)).items.length >= 4)
    const { items } = await get(path)
    assert.equal(items.at(-1).type, 'order_created')
    assert.ok(items[0].sequence > items[1].sequence)
  })
})

describe('replays', () => {
  it('are planned, started, followed and ended; what ends them is told in the history', async () => {
    const plan = await get('/api/replays/plan?projection=order-history')
    assert.ok(
      plan.types.some(
        ({ type, records }: { type: string; records: number }) => type === 'order_created' && records > 0,
      ),
    )
    assert.equal(await codeOf(admin.get('/api/replays/plan?projection=payment')), '404 not_found')
    const job = randomUUID()
    const body = { job, projection: 'order-history', reason: 'to see' }
    assert.equal((await admin.post('/api/replays', body)).status, 201)
    assert.equal((await admin.post('/api/replays', body)).body.job, job, 'the same once more is the same')
    const replay = async () => (await get(`/api/replays?job=${job}`)).items[0]
    await until('it is swapped in', async () => (await replay()).state === 'swapped', 40)
    assert.equal((await get('/api/replays?limit=1')).items[0].job, job)
    const end = (action: string) => admin.post(`/api/replays/${job}/end`, { action, reason: 'the lists were compared' })
    assert.equal(await codeOf(end('cancel')), '409 replay_conflict')
    assert.equal((await end('finalize')).body.state, 'finalized')
    assert.equal((await end('finalize')).body.state, 'finalized', 'once more changes nothing')
    assert.deepEqual(await toldOf('job', job), [['replay_finalized', admin.user_id, 'the lists were compared']])
    assert.equal(
      await codeOf(admin.post(`/api/replays/${randomUUID()}/end`, { action: 'cancel', reason: 'to see' })),
      '404 not_found',
    )
  })
})
