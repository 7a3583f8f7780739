// Building the read model anew on a real database: whatever comes live meanwhile and in whatever batches, it is what it would have been.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { consumersOf, topology } from '@deliveryflow/contracts'
import { newId, Rejection } from '@deliveryflow/kit'
import { projectionAnswers } from '@deliveryflow/kit/projection/answers'
import {
  granted,
  type HistoryRecord,
  type Projection,
  projectionOn,
  recordsOf,
} from '@deliveryflow/kit/projection/testing'
import { scratchDatabase } from '@deliveryflow/local/testing'
import fc from 'fast-check'
import type { Happened } from './domain.ts'
import service from './service.ts'
import { history, journeyOf } from './testing.ts'

const historyOf = (events: readonly Happened[]) =>
  recordsOf(events.map((event) => ({ ...event, aggregate: event.data.order_id })))

describe('a read model that is built anew', () => {
  let projection: Projection
  before(async () => {
    projection = await projectionOn({
      service,
      scratch: await scratchDatabase(),
      migrations: new URL('./migrations', import.meta.url),
      context: {},
    })
  })
  after(() => projection?.drop())
  beforeEach(() => projection.forget())

  it('equals the one that served, however live messages and the replay interleave', async () => {
    const step = fc.record({ live: fc.boolean(), size: fc.integer({ min: 1, max: 7 }) })
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.nat(10),
        async ({ seen }, steps, before) => {
          await projection.forget()
          assert.deepEqual(await projection.rebuild(historyOf(seen), steps, { before }), [])
        },
      ),
      { numRuns: 40 },
    )
  })

  it('leaves out what cannot be taken in, and names it', async () => {
    const { tend, replay, sql, deliver } = projection
    const records = historyOf(journeyOf({ order: 1, user: 2, amount: 500, at: 0 }).completed())
    deliver(records.length)
    const job = newId()
    await tend({ action: 'begin', job })
    await sql(`alter table shadow.timeline add constraint never check (type <> 'order_paid')`)
    const broken: HistoryRecord = [records.length + 1, 'events.order_paid', '[]', 'no JSON']
    const input = { job, after: 0, upto: records.length + 1, records: [...records, broken] }
    const { handled, failed } = granted(await replay(input))
    assert.equal(handled, records.length - 1)
    assert.deepEqual(failed.map(({ sequence, error }) => `${sequence} ${/^\w+/.exec(error)?.[0]}`).sort(), [
      '10 Terminal',
      '4 error',
    ])
    assert.equal((await sql('select * from shadow.timeline')).length, records.length - 1)
  })

  it('is begun once, swapped when it is full, and given up without a trace', async () => {
    const { tend, replay, sql, deliver } = projection
    deliver(3)
    const [one, two] = [newId(), newId()]
    assert.deepEqual(granted(await tend({ action: 'begin', job: one })).upper, 3)
    assert.deepEqual(granted(await tend({ action: 'begin', job: one })).upper, 3)
    for (const [action, job] of [
      ['begin', two],
      ['swap', two],
      ['swap', one],
      ['finalize', one],
      ['discard', two],
    ] as const) {
      const answer = await tend({ action, job })
      assert.ok(answer instanceof Rejection && answer.code === 'replay_conflict', `${action} ${job}`)
    }
    assert.ok((await replay({ job: two, after: 0, upto: 1, records: [] })) instanceof Rejection)
    assert.equal(granted(await tend({ action: 'discard', job: one })).state, 'none')
    assert.deepEqual(await sql(`select 1 from pg_namespace where nspname in ('shadow', 'replaced')`), [])
  })
})

it('a service that reaches the world outside does not start as a projection', () => {
  const [type = ''] = Object.keys(service.parts.hears)
  const parts = { ...service.parts, hears: { ...service.parts.hears, [type]: { effects: 'external' as const } } }
  const [contract] = consumersOf(topology['order-history'])
  const nothing = { contract, connection: {} as never, db: {} as never, transaction: {} as never, context: {} }
  assert.throws(() => projectionAnswers({ ...service, parts }, nothing), new RegExp(`cannot be built anew.*${type}`))
  assert.equal(projectionAnswers(service, nothing).size, 2)
})
