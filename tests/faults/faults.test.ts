// One fault of each kind in the middle of 500 running orders, on a system of its own with a process for each service.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '@deliveryflow/local/system'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Report } from '../../cli/src/audit/report.ts'
import { withMongo } from '../../cli/src/mongo.ts'
import type { Reconciled } from '../../cli/src/reconcile/reconcile.ts'
import { dfctl } from '../../cli/src/testing.ts'
import { type Answer, type Client, call, customer, orderIs, orderOf, product, signIn, until } from '../client.ts'
import { query, type TestSystem } from '../harness.ts'
import { allFinal, chargedOnce, lettersOnce, moneyIsConserved, stockIsConserved } from '../invariants.ts'
import { describeSystem, startTestSystem } from '../system.ts'

const settings = {
  DELIVERY__SIMULATOR_STEP_MS: '100',
  SAGA__RESERVE_DEADLINE_MS: '6000',
  SAGA__COMMAND_DEADLINE_MS: '3000',
  SAGA__GRACE_MS: '2000',
}

describe('in the middle of 500 running orders', () => {
  let running: System
  let system: TestSystem
  let admin: Client
  before(async () => {
    running = await startTestSystem({ each: true, settings })
    system = describeSystem(running)
    admin = await signIn(system.url, system.admin.email, system.admin.password)
    await admin.post('/api/users', {
      email: 'courier@example.com',
      password: 'a courier password',
      name: 'Olga',
      role: 'courier',
    })
  })
  after(() => running?.stop())

  /** Milliseconds until what was killed is there again, on a machine that has other things to do as well. */
  const patience = 90_000

  /** Orders until the API accepts, as a client with an Idempotency-Key may: a failed call is simply made again. */
  const insist = async (client: Client, thing: string): Promise<string> => {
    const headers = { 'idempotency-key': randomUUID() }
    const deadline = Date.now() + patience
    for (;;) {
      const answer = await client.post('/api/orders', orderOf(thing), headers).catch((error: unknown): Answer => {
        if (Date.now() > deadline) throw error
        return { status: 0, body: {}, headers: new Headers() }
      })
      if (answer.status === 201) return answer.body.order_id
      assert.ok(
        answer.status === 0 || answer.status >= 500,
        `an order was answered ${answer.status} ${JSON.stringify(answer.body)}`,
      )
      assert.ok(Date.now() < deadline, 'the API came back')
      await sleep(200)
    }
  }

  /** Places 500 orders, lets the fault happen after a third of them, and checks what must hold. */
  const survive = async (fault: () => Promise<void>) => {
    const thing = await product(admin, { price: 100, stock: 450 })
    const customers = await Promise.all(Array.from({ length: 10 }, () => customer(system.url, { funds: 1_000_000 })))
    const orders: string[] = []
    let left = 500
    const failed = Promise.withResolvers<void>()
    const place = async (client: Client) => {
      while (left > 0) {
        left--
        if (left === 333) void fault().then(failed.resolve, failed.reject)
        orders.push(await insist(client, thing))
      }
    }
    await Promise.all([...customers, ...customers].map(place))
    await failed.promise
    await allFinal(system, orders, 90)
    await chargedOnce(system, orders)
    await moneyIsConserved(system)
    await stockIsConserved(system)
    await lettersOnce(system)
    const [sold] = await query<{ n: number }>(
      system.databases.order,
      `select count(*)::int as n from orders where order_id = any($1::uuid[]) and status = 'COMPLETED'`,
      [orders],
    )
    assert.ok((sold?.n ?? 0) > 0 && (sold?.n ?? 0) <= 450, `never more sold than there was: ${sold?.n}`)
  }

  const on = (...words: string[]) => dfctl([...words, '--local-folder', system.dir ?? ''])

  const process = (name: string) => {
    const found = running.processes.get(name)
    assert.ok(found, `${name} runs in a process of its own`)
    return found
  }
  const killAndStart = async (name: string) => {
    await process(name).kill()
    await sleep(300)
    await process(name).start()
  }

  it('every service process is killed, one after the other', async () => {
    await survive(async () => {
      for (const name of running.processes.keys()) await killAndStart(name)
    })
  })

  it('a NATS node is killed', async () => {
    await survive(async () => {
      const [, node] = running.backends.nats.nodes
      await node?.kill()
      await sleep(3000)
      await node?.start()
    })
  })

  it('all NATS nodes are killed, and with them what they kept in memory', async () => {
    await survive(async () => {
      const { nodes } = running.backends.nats
      await Promise.all(nodes.map((node) => node.kill()))
      await Promise.all(nodes.map((node) => node.start()))
    })
  })

  it('PostgreSQL is killed', async () => {
    await survive(async () => {
      await running.backends.postgres.kill()
      await sleep(1000)
      await running.backends.postgres.start()
    })
  })

  it('a replay is killed three times, and what it builds anew is what was there', async () => {
    const replay = (...words: string[]) => dfctl(['audit', 'replay', ...words, '--local-folder', system.dir ?? ''])
    const rebuild = async (...words: string[]) => {
      const to = ['--to', 'projection=order-history', '--reason', 'a test of faults', '--timeout', '4m', '-o', 'json']
      const { code, stdout, stderr } = await replay(...to, ...words)
      assert.equal(code, 0, stderr)
      return (JSON.parse(stdout) as Report).replay
    }
    await survive(async () => {
      const rebuilt = rebuild('--rate', '2000')
      const begun = async () =>
        (await query(system.databases.audit, `select 1 from replays where state = 'running'`)).length
      await until('it has begun', async () => (await begun()) === 1)
      for (const name of ['audit', 'order-history', 'audit']) {
        await sleep(500 + Math.random() * 1000)
        await killAndStart(name)
      }
      const { job, records, failed } = await rebuilt
      assert.ok(records > 0)
      assert.equal(failed, 0)
      assert.equal((await replay('finalize', job)).code, 0)
    })
    await until('the read model has caught up', async () => {
      const [row] = await query<{ n: number }>(
        system.databases['order-history'],
        `select count(*)::int as n from orders where status not in ('COMPLETED', 'CANCELLED')`,
      )
      return row?.n === 0
    })
    const { job } = await rebuild()
    for (const table of ['orders', 'timeline']) {
      const differ = await query(
        system.databases['order-history'],
        `(select * from public.${table} except select * from replaced.${table})
         union all (select * from replaced.${table} except select * from public.${table})`,
      )
      assert.deepEqual(differ, [], table)
    }
    assert.equal((await replay('finalize', job)).code, 0)
  })

  it('the history’s stream is deleted, and refilled from what the services said', async () => {
    const connection = await connect(system.nats)
    const { streams } = await jetstreamManager(connection)
    const [before] = await query<{ last: string }>(system.databases.audit, 'select max(sequence) as last from events')
    await survive(async () => {
      await streams.delete('EVENTS')
      await sleep(2000)
      const missing = await on('reconcile', '--dry-run', '--since', '1h', '-o', 'json')
      assert.deepEqual(JSON.parse(missing.stdout).made, ['EVENTS'], missing.stderr)
      const mended = await on('reconcile', '--since', '1h', '--timeout', '3m')
      assert.equal(mended.code, 0, mended.stderr)
      assert.match(mended.stdout, /^made: EVENTS\n/)
    })
    const { state } = await streams.info('EVENTS')
    assert.ok(state.first_seq > Number(before?.last), 'no place is given twice')
    await connection.close()
    const whole = await on('audit', 'verify')
    assert.equal(whole.code, 0, whole.stdout)
    const again = await on('reconcile', '--since', '1h')
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /^Nothing is missing of/)
  })

  it('services that disagree about an order are found, explained and mended, and nothing happens twice', async () => {
    const since = new Date().toISOString()
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(admin, { price: 100, stock: 3 })
    const [missed = '', unlisted = '', odd = ''] = [
      await insist(ann, thing),
      await insist(ann, thing),
      await insist(ann, thing),
    ]
    for (const order_id of [missed, unlisted, odd]) await orderIs(ann, order_id, 'COMPLETED', 30)
    const dry = async () => {
      const { code, stdout, stderr } = await on('reconcile', '--since', since, '--dry-run', '-o', 'json')
      assert.equal(code, 0, stderr)
      return (JSON.parse(stdout) as Reconciled).orders.wrong
    }
    // What is under way is no disagreement; it counts once nothing has moved for a while.
    const saga = `select 1 from sagas where order_id = $1 and updated_at < now() - interval '16 s'`
    await until(
      'all has settled',
      async () => (await query(system.databases.saga, saga, [odd])).length === 1 && (await dry()).length === 0,
      60,
    )
    // The saga never heard that one was completed; a purchase and the lists were lost; of another the saga holds what nobody said.
    await query(
      system.databases.saga,
      `with missed as (
         update sagas set status = 'RUNNING', step = 'complete', facts = facts - 'order_completed' where order_id = $1
         returning facts),
       said as (select (select facts->'order_completed'->>'event_id' from sagas where order_id = $1)::uuid as id)
       delete from messaging.inbox using said, missed where message_id = said.id`,
      [missed],
    )
    await query(system.databases['order-history'], 'delete from timeline where order_id = $1', [unlisted])
    await query(system.databases['order-history'], `update orders set status = 'PAID' where order_id = $1`, [unlisted])
    await query(system.databases.saga, `update sagas set status = 'RUNNING' where order_id = $1`, [odd])
    await withMongo(running.backends.mongo.url, (db) =>
      db.collection<{ _id: string }>('purchases').deleteOne({ _id: `${ann.user_id}:${thing}` }),
    )
    const repairs = new Map((await dry()).map(({ order_id, next }) => [order_id, next]))
    const rebuild = 'dfctl audit replay --to projection=order-history --reason …'
    assert.deepEqual(
      repairs,
      new Map([
        [missed, `dfctl order retry ${missed} --reason …`],
        [unlisted, rebuild],
        [odd, `dfctl order trace ${odd}`],
      ]),
    )

    const unasked = await on('reconcile', '--since', since)
    assert.equal(unasked.code, 3)
    assert.match(
      unasked.stdout,
      /^handed over: 1 by saga\nhanded over: 3 by review\n/,
      'what is lost needs no question',
    )
    assert.ok(!unasked.stdout.includes(missed), 'it is well by what was handed over')
    assert.match(
      unasked.stdout,
      new RegExp(`${unlisted}: its timeline has 0 lines, the history 9 events of it\n +why: .*`),
    )
    assert.match(unasked.stdout, /\nMend 1 of them: dfctl reconcile --since \S+ --yes\n$/)
    const mended = await on('reconcile', '--since', since, '--yes', '--reason', 'a test of faults')
    assert.equal(mended.code, 3, 'one is left that nothing mends')
    const job = new RegExp(`^mended: ${unlisted}\nthe lists .* dfctl audit replay finalize (\\S+)$`, 'm').exec(
      mended.stdout,
    )?.[1]
    assert.ok(job, mended.stdout)
    assert.equal((await on('audit', 'replay', 'finalize', job)).code, 0)
    assert.match(mended.stdout, new RegExp(`${odd}: it is COMPLETED, its saga RUNNING`))

    await query(system.databases.saga, `update sagas set status = 'COMPLETED' where order_id = $1`, [odd])
    const again = await on('reconcile', '--since', since, '--yes')
    assert.equal(again.code, 0, again.stdout)
    assert.match(again.stdout, /^Nothing is missing of [\d,]+ messages, and the services agree about [\d,]+ orders/)
    await chargedOnce(system, [missed, unlisted, odd])
    await lettersOnce(system)
  })

  it('a step that takes too long cancels the order and undoes what was done', async () => {
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(admin, { price: 100, stock: 3 })
    await process('inventory').kill()
    const order_id = await insist(ann, thing)
    await until(
      'the saga has given up waiting',
      async () => {
        const [saga] = await query<{ status: string }>(
          system.databases.saga,
          'select status from sagas where order_id = $1',
          [order_id],
        )
        return saga?.status === 'COMPENSATING'
      },
      40,
    )
    await process('inventory').start()
    const order = await orderIs(ann, order_id, 'CANCELLED', 30)
    assert.equal(order.reason, 'TIMED_OUT')
    assert.equal((await ann.get('/api/accounts/balance')).body.balance, 1000)
    assert.equal((await ann.get(`/api/products/${thing}`)).body.stock, 3)
    await stockIsConserved(system)
  })

  it('Redis is away: orders flow, what cannot work answers 503', async () => {
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(admin, { price: 100, stock: 3 })
    await running.backends.redis.kill()
    const placed = await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
    assert.equal(placed.body.status, 'PAID')
    const wrong = { email: ann.email, password: 'whatever it is' }
    const login = async () => (await call(system.url, 'POST', '/api/auth/login', { body: wrong })).status
    assert.equal(await login(), 503)
    await running.backends.redis.start()
    await until('signing in works again', async () => (await login()) === 401)
    await orderIs(ann, placed.body.order_id, 'COMPLETED')
  })

  it('the mail server is down: no order minds, and the letters wait', async () => {
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(admin, { price: 100, stock: 3 })
    await running.backends.mail.stop()
    const placed = await ann.post('/api/orders', orderOf(thing))
    await orderIs(ann, placed.body.order_id, 'COMPLETED')
    await running.backends.mail.start()
    await until(
      'the letters arrived',
      async () => {
        const answer = await fetch(`${system.mail_page_url}/api/letters?to=${encodeURIComponent(ann.email)}&limit=100`)
        const { letters } = (await answer.json()) as { letters: unknown[] }
        return letters.length === 6
      },
      90,
    )
    await lettersOnce(system)
  })

  it('dfctl verify finds nothing wrong after all of it, and names what is planted', async () => {
    const verify = () => dfctl(['verify', '--local-folder', system.dir ?? ''])
    await until('all has settled and fits', async () => (await verify()).code === 0, 90)
    const { stdout } = await verify()
    assert.match(stdout, /^✔ money: [\d,]+ wallets.*\n✔ stock: \d+ products\n✔ orders: [\d,]+ since/)
    const [order] = await query<{ order_id: string; user_id: string }>(
      system.databases.order,
      `select order_id, user_id from orders where status = 'COMPLETED' limit 1`,
    )
    assert.ok(order)
    await query(system.databases.payment, 'update accounts set balance = balance + 1 where user_id = $1', [
      order.user_id,
    ])
    await query(system.databases.inventory, 'update stock set received = received + 1')
    await query(system.databases.saga, `update sagas set status = 'RUNNING' where order_id = $1`, [order.order_id])
    await query(system.databases['order-history'], 'delete from timeline where order_id = $1', [order.order_id])
    const wrong = await verify()
    assert.equal(wrong.code, 3)
    for (const named of [
      `✘ money.*\\n +the wallet of ${order.user_id} holds \\d+`,
      '✘ stock.*\\n +of product',
      `${order.order_id}: it is COMPLETED, its saga RUNNING`,
      `${order.order_id}: its timeline has 0 lines, the history 9 events`,
    ])
      assert.match(wrong.stdout, new RegExp(named))
  })
})
