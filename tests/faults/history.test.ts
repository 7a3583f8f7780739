// The history in the middle of running orders: its stream is lost and refilled, and a read model is built anew from it while services are killed.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Report } from '../../cli/src/audit/projection.ts'
import { dfctl as run } from '../../cli/src/testing.ts'
import { until } from '../client.ts'
import { query } from '../harness.ts'
import { orders, seconds } from '../size.ts'
import { type Ground, impatient, killAndStart, startGround, survive } from './orders.ts'

describe(`the history, in the middle of ${orders} running orders`, () => {
  let ground: Ground
  let system: Ground['system']
  before(async () => {
    ground = await startGround({ each: true, settings: impatient })
    ;({ system } = ground)
  })
  after(() => ground?.running.stop())

  const dfctl = (...words: string[]) => run([...words, '--local-folder', system.dir ?? ''])

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
    const rebuild = async (...words: string[]) => {
      const to = [
        '--to',
        'projection=order-history',
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
      const rebuilt = rebuild('--rate', String(orders))
      const begun = async () =>
        (await query(system.databases.audit, `select 1 from replays where state = 'running'`)).length
      await until('it has begun', async () => (await begun()) === 1)
      for (const name of ['audit', 'order-history', 'audit']) {
        await sleep(500 + Math.random() * 1000)
        await killAndStart(ground, name)
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
})
