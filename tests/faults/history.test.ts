// The history in the middle of running orders: its stream is lost and refilled, and a read model is built anew from it while services are killed.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Report } from '../../cli/src/audit/report.ts'
import { withMongo } from '../../cli/src/mongo.ts'
import type { Reconciled } from '../../cli/src/reconcile/reconcile.ts'
import { customer, orderIs, product, until } from '../client.ts'
import { query } from '../harness.ts'
import { chargedOnce, lettersOnce } from '../invariants.ts'
import { orders, seconds } from '../size.ts'
import { type Ground, impatient, startGround } from './ground.ts'
import { insist, survive } from './orders.ts'

/** What each projection folds from the history; when a row was written is no part of it. */
const folded = {
  'order-history': { orders: '*', timeline: '*' },
  catalog: { ratings: '*', counted_reviews: '*' },
  saga: { sagas: 'order_id, user_id, status, step, reason, facts, sent, deadline_at' },
  audit: {
    events: `sequence, nats_subject, headers::text, data::text, body, hash, stored_at, event_id, type, source, subject, order_id, user_id,
      correlation_id, causation_id, time`,
  },
}

describe(`the history, in the middle of ${orders} running orders`, () => {
  let ground: Ground
  let system: Ground['system']
  before(async () => {
    ground = await startGround({ each: true, settings: impatient })
    ;({ system } = ground)
  })
  after(() => ground?.stop())

  const dfctl = (...words: string[]) => ground.dfctl(words)

  it('loses its stream, which is refilled from what the services said', async (test) => {
    const connection = await connect(system.nats)
    const { streams } = await jetstreamManager(connection)
    const [before] = await query<{ last: string }>(system.databases.audit, 'select max(sequence) as last from events')
    await survive(ground, async () => {
      await streams.delete('EVENTS')
      await sleep(2000)
      const missing = await dfctl('reconcile', '--dry-run', '--since', '1h', '-o', 'json')
      assert.deepEqual(JSON.parse(missing.stdout).made, ['EVENTS'], missing.stderr)
      const mended = await dfctl('reconcile', '--since', '1h', '--timeout', `${seconds(180)}s`)
      assert.equal(mended.code, 0, mended.stderr)
      assert.match(mended.stdout, /^made: EVENTS\n/)
      test.diagnostic(mended.stdout)
    })
    const { state } = await streams.info('EVENTS')
    assert.ok(state.first_seq > Number(before?.last), 'no place is given twice')
    await connection.close()
    const whole = await dfctl('audit', 'verify')
    assert.equal(whole.code, 0, whole.stdout)
    test.diagnostic(whole.stdout)
    const again = await dfctl('reconcile', '--since', '1h')
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /^Nothing is missing of/)
  })

  it('a replay is killed three times, and what it builds anew is what was there', async () => {
    const replay = (...words: string[]) => dfctl('audit', 'replay', ...words)
    const rebuild = async (projection: string, ...words: string[]) => {
      const to = [
        '--to',
        `projection=${projection}`,
        '--reason',
        'a test of faults',
        '--timeout',
        `${seconds(240)}s`,
        '-o',
        'json',
      ]
      const { code, stdout, stderr } = await replay(...to, ...words)
      assert.equal(code, 0, stderr)
      return (JSON.parse(stdout) as Report).replay
    }
    await survive(ground, async () => {
      // Slow enough to be under way whenever something is killed.
      const rebuilt = rebuild('order-history', '--rate', String(orders))
      const begun = async () =>
        (await query(system.databases.audit, `select 1 from replays where state = 'running'`)).length
      await until('it has begun', async () => (await begun()) === 1, seconds(20))
      for (const name of ['audit', 'order-history', 'audit']) {
        await sleep(500 + Math.random() * 1000)
        await ground.killAndStart(name)
      }
      const { job, records, failed } = await rebuilt
      assert.ok(records > 0)
      assert.equal(failed, 0)
      assert.equal((await replay('finalize', job)).code, 0)
    })
    // What was in hand when a service was killed comes again after a while, and later events were handled before it.
    const connection = await connect(system.nats)
    const { consumers } = await jetstreamManager(connection)
    for (const projection of Object.keys(folded)) {
      let seen: Awaited<ReturnType<typeof consumers.info>> | undefined
      await until(
        () => `${projection} has caught up: ${JSON.stringify(seen)}`,
        async () => {
          seen = await consumers.info('EVENTS', projection)
          return seen.num_pending + seen.num_ack_pending === 0
        },
        seconds(120),
      )
    }
    await connection.close()
    for (const [projection, tables] of Object.entries(folded)) {
      const { job, upper } = await rebuild(projection)
      // That it ended is said behind it.
      const upto = projection === 'audit' ? ` where sequence <= ${upper}` : ''
      for (const [table, columns] of Object.entries(tables)) {
        const [served, replaced] = ['public', 'replaced'].map(
          (schema) => `select ${columns} from ${schema}.${table}${upto}`,
        )
        const differ = await query(
          system.databases[projection as keyof typeof folded],
          `(${served} except ${replaced}) union all (${replaced} except ${served})`,
        )
        assert.deepEqual(differ, [], table)
      }
      assert.equal((await replay('finalize', job)).code, 0)
    }
    const whole = await dfctl('audit', 'verify')
    assert.equal(whole.code, 0, whole.stdout)
  })

  it('services that disagree about an order are found, explained and mended, and nothing happens twice', async () => {
    const ann = await customer(system.url, { funds: 1000 })
    const thing = await product(ground.admin, { price: 100, stock: 4 })
    const [missed = '', unlisted = '', odd = '', strange = ''] = [
      await insist(ann, thing),
      await insist(ann, thing),
      await insist(ann, thing),
      await insist(ann, thing),
    ]
    for (const order_id of [missed, unlisted, odd, strange]) await orderIs(ann, order_id, 'COMPLETED', 30)
    const dry = async () => {
      const { code, stdout, stderr } = await dfctl('reconcile', '--since', '1h', '--dry-run', '-o', 'json')
      assert.equal(code, 0, stderr)
      return (JSON.parse(stdout) as Reconciled).orders.wrong
    }
    // What is under way is no disagreement; it counts once nothing has moved for a while.
    const saga = `select 1 from sagas where order_id = $1 and updated_at < now() - interval '16 s'`
    await until(
      'all has settled',
      async () => (await query(system.databases.saga, saga, [strange])).length === 1 && (await dry()).length === 0,
      60,
    )
    // The saga never heard that one was completed; a purchase and the lists were lost; of another the saga holds
    // what nobody said, and of the last one the stock.
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
    const reservation = (status: string, released_at: string) =>
      query(
        system.databases.inventory,
        `update reservations set status = '${status}', released_at = ${released_at} where order_id = $1`,
        [strange],
      )
    await reservation('RELEASED', 'now()')
    await withMongo(ground.mongodb, (db) =>
      db.collection<{ _id: string }>('purchases').deleteOne({ _id: `${ann.user_id}:${thing}` }),
    )
    const repairs = new Map((await dry()).map(({ order_id, next }) => [order_id, next]))
    const rebuild = (projection: string) => `dfctl audit replay --to projection=${projection} --reason …`
    assert.deepEqual(
      repairs,
      new Map([
        [missed, `dfctl order retry ${missed} --reason …`],
        [unlisted, rebuild('order-history')],
        [odd, rebuild('saga')],
        [strange, `dfctl order trace ${strange}`],
      ]),
    )

    const unasked = await dfctl('reconcile', '--since', '1h')
    assert.equal(unasked.code, 3)
    assert.match(
      unasked.stdout,
      /^handed over: 1 by saga\nhanded over: 4 by review\n/,
      'what is lost needs no question',
    )
    assert.ok(!unasked.stdout.includes(missed), 'it is well by what was handed over')
    assert.match(
      unasked.stdout,
      new RegExp(`${unlisted}: its timeline has 0 lines, the history 9 events of it\n +why: .*`),
    )
    assert.match(unasked.stdout, /\nMend 2 of them: dfctl reconcile --since 1h --yes\n$/)
    const mended = await dfctl('reconcile', '--since', '1h', '--yes', '--reason', 'a test of faults')
    assert.equal(mended.code, 3, 'one is left that nothing mends')
    for (const order_id of [unlisted, odd]) assert.match(mended.stdout, new RegExp(`^mended: ${order_id}$`, 'm'))
    const jobs = [...mended.stdout.matchAll(/is kept until dfctl audit replay finalize (\S+)$/gm)].map(([, job]) => job)
    assert.equal(jobs.length, 2, mended.stdout)
    for (const job of jobs) assert.equal((await dfctl('audit', 'replay', 'finalize', job ?? '')).code, 0)
    assert.match(mended.stdout, new RegExp(`${strange}: it is COMPLETED, its reservation RELEASED`))

    await reservation('RESERVED', 'null')
    const again = await dfctl('reconcile', '--since', '1h', '--yes')
    assert.equal(again.code, 0, again.stdout)
    assert.match(again.stdout, /^Nothing is missing of [\d,]+ messages, and the services agree about [\d,]+ orders/)
    await chargedOnce(system, [missed, unlisted, odd, strange])
    await lettersOnce(system)
  })
})
