// Building the sagas anew on a real database: what the events tell of them is what it was, and what no event tells is taken over.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@deliveryflow/kit'
import { granted, type Projection, projectionOn, recordsOf } from '@deliveryflow/kit/projection/testing'
import { scratchDatabase } from '@deliveryflow/local/testing'
import fc from 'fast-check'
import { hearing } from './hearing.ts'
import service from './service.ts'
import { deadlines, inOrder, type Script, smooth, World } from './world.ts'

const historyOf = (world: World) => {
  const events = new Map(world.heard.map((event) => [event.id, event]))
  return recordsOf([...events.values()].map((event) => ({ ...event, aggregate: event.data.order_id })))
}

describe('the sagas, built anew', () => {
  let projection: Projection
  before(async () => {
    projection = await projectionOn({
      service,
      scratch: await scratchDatabase(),
      migrations: new URL('./migrations', import.meta.url),
      context: { settings: deadlines, hearing: hearing(0) },
    })
  })
  after(() => projection?.drop())

  it('equal those that served, however live events and the replay interleave, and send nothing', async () => {
    const behaviour = fc.constantFrom('works', 'late', 'refuses')
    const script: fc.Arbitrary<Script> = fc.record({
      reserve: behaviour,
      pay: behaviour,
      assign: fc.constantFrom('works', 'late'),
      deliver: behaviour,
      customer: fc.option(fc.nat(12)),
    })
    const step = fc.record({ live: fc.boolean(), size: fc.integer({ min: 1, max: 4 }) })
    const columns = 'order_id, user_id, status, step, reason, facts, sent, deadline_at'
    await fc.assert(
      fc.asyncProperty(
        script,
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.nat(20),
        async (written, steps, before) => {
          await projection.forget()
          await projection.sql('truncate messaging.outbox, messaging.outbox_pending')
          const records = historyOf(new World(written, inOrder).run())
          assert.deepEqual(await projection.rebuild(records, steps, { before, columns }), [])
          const [said] = await projection.sql('select count(*) as commands from messaging.outbox')
          const [saga] = await projection.sql(
            'select coalesce(sum(times::int), 0) as commands from sagas, jsonb_each_text(sent) as each(command, times)',
          )
          assert.deepEqual(said, saga)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('wait for what they waited for, and are looked at when nobody knows until when', async () => {
    await projection.forget()
    const { tend, replay, sql, live, deliver } = projection
    const records = historyOf(new World({ ...smooth, pay: 'late' }, inOrder).run()).slice(0, 3)
    await live(records)
    deliver(records.length)
    const [before] = await sql('select * from sagas')
    const rebuild = async () => {
      const job = newId()
      const { upper } = granted(await tend({ action: 'begin', job }))
      granted(await replay({ job, after: 0, upto: upper, records }))
      granted(await tend({ action: 'swap', job }))
      granted(await tend({ action: 'finalize', job }))
      const [saga] = await sql('select *, deadline_at <= now() as due from sagas')
      return saga
    }
    assert.ok(before?.deadline_at)
    const rebuilt = await rebuild()
    assert.deepEqual(
      [rebuilt?.status, rebuilt?.deadline_at, rebuilt?.sent],
      [before.status, before.deadline_at, before.sent],
    )
    await sql('delete from sagas')
    assert.equal((await rebuild())?.due, true)
  })
})
