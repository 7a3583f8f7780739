// One fault of each kind in the middle of running orders, on a system of its own with a process for each service.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { call, customer, orderIs, orderOf, product, until } from '../client.ts'
import { query } from '../harness.ts'
import { lettersOnce, stockIsConserved } from '../invariants.ts'
import { orders } from '../size.ts'
import { impatient, type LocalGround, processOf, startLocalGround } from './ground.ts'
import { insist, survive } from './orders.ts'

describe(`in the middle of ${orders} running orders`, () => {
  let ground: LocalGround
  let running: LocalGround['running']
  let system: LocalGround['system']
  let admin: LocalGround['admin']
  before(async () => {
    ground = await startLocalGround({ each: true, settings: impatient })
    ;({ running, system, admin } = ground)
  })
  after(() => ground?.stop())

  it('every service process is killed, one after the other', async () => {
    await survive(ground, async () => {
      for (const name of running.processes.keys()) await ground.killAndStart(name)
    })
  })

  it('a NATS node is killed', async () => {
    await survive(ground, async () => {
      const [, node] = running.backends.nats.nodes
      await node?.kill()
      await sleep(3000)
      await node?.start()
    })
  })

  it('all NATS nodes are killed, and with them what they kept in memory', async () => {
    await survive(ground, async () => {
      const { nodes } = running.backends.nats
      await Promise.all(nodes.map((node) => node.kill()))
      await Promise.all(nodes.map((node) => node.start()))
    })
  })

  it('PostgreSQL is killed', async () => {
    await survive(ground, async () => {
      await running.backends.postgres.kill()
      await sleep(1000)
      await running.backends.postgres.start()
    })
  })

  it('a step that takes too long cancels the order and undoes what was done', async () => {
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(admin, { price: 100, stock: 3 })
    await processOf(ground, 'inventory').kill()
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
    await processOf(ground, 'inventory').start()
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
    const verify = () => ground.dfctl(['verify'])
    await until('all has settled and fits', async () => (await verify()).code === 0, 90).catch(() => undefined)
    const { code, stdout } = await verify()
    assert.equal(code, 0, stdout)
    assert.match(stdout, /^✔ money: [\d,]+ wallets.*\n✔ stock: \d+ products\n✔ orders: [\d,]+ since/)
    const [order, other] = await query<{ order_id: string; user_id: string }>(
      system.databases.order,
      `select order_id, user_id from orders where status = 'COMPLETED' order by updated_at limit 2`,
    )
    assert.ok(order && other)
    await query(system.databases.payment, 'update accounts set balance = balance + 1 where user_id = $1', [
      order.user_id,
    ])
    await query(system.databases.inventory, 'update stock set received = received + 1')
    await query(system.databases.saga, `update sagas set status = 'RUNNING' where order_id = $1`, [order.order_id])
    await query(system.databases['order-history'], 'delete from timeline where order_id = $1', [order.order_id])
    await query(
      system.databases['order-history'],
      'update orders set total_amount = total_amount + 1 where order_id = $1',
      [other.order_id],
    )
    const wrong = await verify()
    assert.equal(wrong.code, 3)
    for (const named of [
      `✘ money.*\\n +the wallet of ${order.user_id} holds \\d+`,
      '✘ stock.*\\n +of product',
      `${order.order_id}: it is COMPLETED, its saga RUNNING`,
      `${order.order_id}: its timeline has 0 lines, the history 9 events`,
      `${other.order_id}: the lists show something else than its events add up to`,
    ])
      assert.match(wrong.stdout, new RegExp(named))
  })
})
