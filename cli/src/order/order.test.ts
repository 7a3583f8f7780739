// dfctl order against a running system: what it tells of orders that went well, ended badly, or wait.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { type Client, customer, orderIs, orderOf, product, signIn, until } from '../../../tests/client.ts'
import { query, type TestSystem, testSystem } from '../../../tests/harness.ts'
import { Failure } from '../failure.ts'
import { openLocal } from '../local.ts'
import type { Target } from '../target.ts'
import { dfctl as run } from '../testing.ts'
import { findOrder, findUser, uuidsFrom } from './find.ts'
import { ordersOf } from './list.ts'
import { traceText } from './render.ts'
import { waitingOf, waitingText } from './steps.ts'
import { traceOrder } from './trace.ts'

let system: TestSystem
let target: Target
let admin: Client
let buyer: Client

before(async () => {
  system = await testSystem()
  target = openLocal(system.dir ?? '')
  admin = await signIn(system.url, system.admin.email, system.admin.password)
  // Without a courier no order is delivered; the name is its own, for the system may be shared.
  const courier = {
    email: `courier-${crypto.randomUUID()}@example.com`,
    password: 'a courier password',
    name: 'Olga',
    role: 'courier',
  }
  await admin.post('/api/users', courier)
  buyer = await customer(system.url, { funds: 10_000 })
})

after(() => target?.close())

const place = async (client: Client, thing: string): Promise<string> => {
  const { status, body } = await client.post('/api/orders', orderOf(thing))
  assert.equal(status, 201)
  return body.order_id
}

/** Looks again until `check` holds: letters and the history come a moment after what they tell of. */
const traced = async (order_id: string, check: (trace: Awaited<ReturnType<typeof traceOrder>>) => boolean) => {
  let trace = await traceOrder(target, order_id)
  await until(`the trace of ${order_id} is whole`, async () => {
    trace = await traceOrder(target, order_id)
    return check(trace)
  })
  return trace
}

const failsAs = (kind: Failure['kind']) => (error: unknown) => error instanceof Failure && error.kind === kind

describe('an order that was delivered', () => {
  it('is told from the first event to the last letter, with who did what and why', async () => {
    const order_id = await place(buyer, await product(admin, { price: 1000 }))
    await orderIs(buyer, order_id, 'COMPLETED', 60)
    const trace = await traced(
      order_id,
      ({ timeline, letters }) =>
        letters.filter(({ status }) => status === 'SENT').length === 4 &&
        timeline.some(({ name }) => name === 'order_completed'),
    )
    assert.deepEqual(trace.unread, [])
    assert.equal(trace.waiting, null)
    const events = trace.timeline.filter(({ kind }) => kind === 'event')
    assert.deepEqual(events.map(({ name, service }) => `${service}: ${name}`).sort(), [
      'delivery: delivery_assigned',
      ...Array(3).fill('delivery: delivery_status_updated'),
      'inventory: inventory_reserved',
      'order: order_completed',
      'order: order_created',
      'order: order_paid',
      'payment: payment_captured',
    ])
    assert.equal(events[0]?.name, 'order_created')
    assert.equal(events[0]?.after_ms, 0)
    const ids = new Set(trace.timeline.map(({ id }) => id))
    for (const { causation_id, took_ms } of events) {
      if (causation_id === null) continue
      assert.ok(ids.has(causation_id), 'what caused it is in the timeline')
      assert.ok(took_ms !== null)
    }
    assert.deepEqual(
      trace.ledger.map(({ account, amount }) => [account.split(':')[0], amount]),
      [
        ['wallet', -1000],
        ['sales', 1000],
      ],
    )
    const text = traceText(trace, order_id, false)
    for (const word of [
      order_id,
      'COMPLETED',
      'letter: order_paid',
      'ledger: capture',
      '10.00 RUB',
      'courier=',
      'waits for nothing',
    ])
      assert.ok(text.includes(word), `${word} is in\n${text}`)
    assert.match(traceText(trace, order_id, true), /caused_by=/)
  })
})

describe('an order that could not be paid', () => {
  it('is told with the commands that undid it, and no entry of the ledger', async () => {
    const poor = await customer(system.url)
    const order_id = await place(poor, await product(admin))
    await orderIs(poor, order_id, 'CANCELLED')
    const trace = await traced(
      order_id,
      ({ timeline, letters }) => letters.length === 1 && timeline.some(({ name }) => name === 'order_cancelled'),
    )
    const commands = trace.timeline.filter(({ kind }) => kind === 'command')
    assert.deepEqual(
      commands.map(({ name }) => name),
      ['inventory.release', 'order.cancel'],
    )
    assert.ok(commands.every(({ took_ms }) => took_ms !== null && took_ms >= 0))
    assert.deepEqual(trace.ledger, [])
    assert.match(traceText(trace, order_id, false), /CANCELLED \(INSUFFICIENT_FUNDS\)/)
  })
})

describe('an order with a message that a service gave up', () => {
  it('is told with the dead letter and why', async () => {
    const order_id = await place(buyer, await product(admin))
    const connection = await target.nats()
    const about = headers()
    const said = {
      'ce-id': 'e1',
      'ce-subject': order_id,
      'df-dlq-service': 'order',
      'df-dlq-subject': 'events.payment_captured',
    }
    for (const [name, value] of Object.entries({
      ...said,
      'df-dlq-error': JSON.stringify('Terminal: it cannot be read'),
    }))
      about.set(name, value)
    const { seq } = await jetstream(connection).publish('dlq.order.events', '{}', { headers: about })
    try {
      const { timeline } = await traceOrder(target, order_id)
      const letters = timeline.filter(({ kind }) => kind === 'dead_letter')
      assert.deepEqual(
        letters.map(({ service, name, detail }) => ({ service, name, detail })),
        [
          {
            service: 'order',
            name: 'events.payment_captured',
            detail: { error: 'Terminal: it cannot be read', dlq_sequence: seq },
          },
        ],
      )
    } finally {
      // The system may be shared, and others count its dead letters.
      await (await jetstreamManager(connection)).streams.deleteMessage('DLQ', seq)
    }
  })
})

describe('which order is meant', () => {
  it('by the beginning of its id, if it is that of one alone', async () => {
    const order_id = await place(buyer, await product(admin))
    assert.equal(await findOrder(target, order_id.toUpperCase()), order_id)
    assert.equal(await findOrder(target, order_id.slice(0, 30)), order_id)
    assert.equal(await findOrder(target, order_id.replaceAll('-', '').slice(0, 30)), order_id)
    await assert.rejects(findOrder(target, '0'), failsAs('usage'))
    await assert.rejects(findOrder(target, 'ffffffff'), failsAs('not_found'))
    await assert.rejects(findOrder(target, 'order-1'), failsAs('usage'))
    await assert.rejects(traceOrder(target, crypto.randomUUID()), failsAs('not_found'))
    assert.deepEqual(uuidsFrom('01a1fe55-b5'), [
      '01a1fe55-b500-0000-0000-000000000000',
      '01a1fe55-b5ff-ffff-ffff-ffffffffffff',
    ])
  })
})

describe('the list of orders', () => {
  it('is that of one user, newest first, no longer than asked for', async () => {
    const thing = await product(admin)
    const client = await customer(system.url, { funds: 1000 })
    const orders = [await place(client, thing), await place(client, thing), await place(client, thing)].toReversed()
    const user_id = await findUser(target, client.email.toUpperCase())
    assert.equal(user_id, client.user_id)
    const listed = (limit: number) => ordersOf(target, { user_id, limit, stuck: false })
    await until('order-history has heard of them', async () => (await listed(10)).length === 3)
    assert.deepEqual(
      (await listed(10)).map(({ order_id }) => order_id),
      orders,
    )
    assert.deepEqual(
      (await listed(2)).map(({ order_id }) => order_id),
      orders.slice(0, 2),
    )
    assert.deepEqual(
      await ordersOf(target, { user_id, limit: 10, stuck: false, since: new Date(Date.now() + 60_000) }),
      [],
    )
    await until('those without funds are cancelled', async () => {
      const cancelled = await ordersOf(target, { user_id, limit: 10, stuck: false, status: 'CANCELLED' })
      return cancelled.length === 2 && cancelled.every(({ reason }) => reason === 'INSUFFICIENT_FUNDS')
    })
    await assert.rejects(findUser(target, 'nobody@example.com'), failsAs('not_found'))
  })

  it('of stuck ones names an order whose deadline has passed, with who owes the step', async () => {
    const order_id = await place(buyer, await product(admin))
    await orderIs(buyer, order_id, 'COMPLETED', 60)
    // The sweeper puts it right within a second or so, for its facts say that it is completed: until it is seen, do it again.
    await until('the order is listed as stuck', async () => {
      await query(
        system.databases.saga,
        `update sagas set status = 'RUNNING', step = 'pay', deadline_at = now() - interval '1 minute' where order_id = $1`,
        [order_id],
      )
      const stuck = await ordersOf(target, { limit: 50, stuck: true })
      const found = stuck.find((order) => order.order_id === order_id)
      if (found)
        assert.deepEqual(
          [found.waiting?.step, found.waiting?.service, (found.waiting?.overdue_ms ?? 0) > 50_000],
          ['pay', 'payment', true],
        )
      return found !== undefined
    })
    await until(
      'the saga is final again',
      async () => {
        const [saga] = await query(system.databases.saga, 'select status from sagas where order_id = $1', [order_id])
        return saga?.status === 'COMPLETED'
      },
      40,
    )
  })
})

describe('what an order waits for', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

  it('is said with who owes it and what happens otherwise', () => {
    const pay = waitingOf({ status: 'RUNNING', step: 'pay', deadline: at(20) }, now)
    assert.match(
      pay ? waitingText(pay, now) : '',
      /the payment by payment \(step pay\); if not within 20 s .* undone and cancelled/,
    )
    const late = waitingOf({ status: 'COMPENSATING', step: 'reserve', deadline: at(-90) }, now)
    assert.equal(late?.service, 'inventory')
    assert.match(late ? waitingText(late, now) : '', /put back by inventory .* overdue by 1 min 30 s/)
    assert.equal(waitingOf({ status: 'RUNNING', step: 'a new one', deadline: null }, now)?.service, null)
    assert.equal(waitingOf({ status: 'CANCELLED', step: null, deadline: null }, now), null)
  })
})

describe('what an operator does to an order', () => {
  const dfctl = (...words: string[]) => run(['order', ...words, '--local-folder', system.dir ?? ''])
  const toldOf = async (order_id: string) => {
    const words = ['audit', 'history', '--type', 'operator_acted', '-o', 'ndjson', '--local-folder', system.dir ?? '']
    const lines = (await run(words)).stdout.split('\n').filter((line) => line.includes(order_id))
    return lines.map((line) => JSON.parse(line).data.action as string)
  }

  it('retry: what a service never handled is given to it, and nothing happens twice', async () => {
    const poor = await customer(system.url)
    const order_id = await place(poor, await product(admin, { price: 100 }))
    await orderIs(poor, order_id, 'CANCELLED')
    const history = system.databases['order-history']
    const entries = async () => (await query(history, `select 1 from timeline where order_id = '${order_id}'`)).length
    await until('its timeline is whole', async () => (await entries()) === 5)
    // Its letter may still be under way; to be handed one is no harm then.
    const retried = async () => (await dfctl('retry', order_id, '--reason', 'to see')).stdout
    await until('all of it is handled', async () => /^Everything that was said/.test(await retried()))

    await query(
      history,
      `with gone as (delete from timeline where order_id = '${order_id}' and type = 'order_created' returning event_id)
       delete from messaging.inbox where message_id in (select event_id from gone)`,
    )
    assert.equal(await entries(), 4)
    const mended = await dfctl('retry', order_id, '--reason', 'its timeline lacked the beginning')
    assert.equal(mended.stdout, 'Handed over:\n  order-history events.order_created\n', mended.stderr)
    assert.equal(await entries(), 5)
    await until('all of it is in the history', async () => (await toldOf(order_id)).length >= 2)
  })

  it('compensate: the steps are undone before their deadline; cancel: as the customer could', async () => {
    const thing = await product(admin, { price: 100, stock: 10 })
    const before = (await buyer.get('/api/accounts/balance')).body.balance
    for (const action of ['compensate', 'cancel']) {
      const order_id = await place(buyer, thing)
      await orderIs(buyer, order_id, 'PAID')
      // Its courier waits, or the parcel has left by the time dfctl has started on a busy machine.
      const hold = `update deliveries set next_step_at = now() + interval '1 hour' where order_id = $1 returning status`
      await until('a courier has it', async () => (await query(system.databases.delivery, hold, [order_id])).length > 0)
      const { code, stderr } = await dfctl(action, order_id, '--reason', 'the shop burned down')
      assert.equal(code, 0, stderr)
      const { reason } = await orderIs(buyer, order_id, 'CANCELLED')
      assert.equal(reason, action === 'cancel' ? 'CUSTOMER' : 'TIMED_OUT')
      const again = await dfctl('compensate', order_id, '--reason', 'once more')
      assert.equal(again.code, 5)
      assert.match(again.stderr, /nothing is undone any more/)
    }
    assert.equal((await buyer.get('/api/accounts/balance')).body.balance, before)
  })

  it('nothing without a reason, and nothing to an order that is not there', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000'
    for (const action of ['retry', 'cancel', 'compensate']) {
      assert.equal((await dfctl(action, nobody)).code, 2)
      assert.equal((await dfctl(action, nobody, '--reason', 'to see')).code, 4)
    }
    assert.deepEqual(await toldOf(nobody), [])
  })
})
