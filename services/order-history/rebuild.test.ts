// Building the read model anew on a real database: whatever comes live meanwhile and in whatever batches, it is what it would have been.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { consumersOf, topology } from '@deliveryflow/contracts'
import { type Database, type Message, newId, Rejection } from '@deliveryflow/kit'
import { byContract } from '@deliveryflow/kit/messaging/consumer'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { projectionAnswers } from '@deliveryflow/kit/projection/answers'
import { type ProjectionParts, replayAnswer, tendAnswer } from '@deliveryflow/kit/projection/shadow'
import { batchHandler, projectorOf } from '@deliveryflow/kit/service/handle'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import fc from 'fast-check'
import type { Happened } from './domain.ts'
import service from './service.ts'
import { history, journeyOf } from './testing.ts'

const place = topology['order-history']
const [contract] = consumersOf(place)
assert.ok(contract)
const tables = ['orders', 'timeline']

type HistoryRecord = [sequence: number, subject: string, headers: string, body: string]
const subjectOf = (type: string) => `events.${type}`

/** The events as they lie in the stream, from place 1 on. */
const recordsOf = (events: readonly Happened[]): HistoryRecord[] =>
  events.map(({ id, type, time, data }, n) => {
    const headers = [
      ['ce-id', id],
      ['ce-type', type],
      ['ce-subject', data.order_id],
      ['ce-time', time.toISOString()],
    ]
    return [n + 1, subjectOf(type), JSON.stringify(headers), JSON.stringify(data)]
  })

describe('a read model that is built anew', () => {
  let scratch: ScratchDatabase
  let db: Database
  let live: (messages: Message[]) => Promise<void>
  let tend: ReturnType<typeof tendAnswer>
  let replay: ReturnType<typeof replayAnswer>
  let delivered = 0
  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, createLog('test', 'silent'))
    const transaction = transactions(db, 'order-history', () => undefined)
    const { hears } = service.parts
    live = batchHandler(contract, hears, {}, transaction, { projection: true })
    const parts: ProjectionParts = {
      ...{ tables, db, transaction },
      project: projectorOf(hears, {}),
      read: byContract(place.name, place.hears),
      delivered: async () => delivered,
    }
    tend = tendAnswer(parts)
    replay = replayAnswer(parts)
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })
  const sql = async (text: string) => (await db.query<Record<string, unknown>>({ name: '', text, values: [] })).rows
  const forget = async () => {
    const [left] = await sql('select job from messaging.shadow')
    if (left) await sql(`select messaging.end_shadow('${left.job}')`)
    await sql('truncate orders, timeline, messaging.inbox')
  }
  beforeEach(forget)

  const granted = <T>(answer: T | Rejection): T => {
    if (answer instanceof Rejection) assert.fail(answer.detail)
    return answer
  }
  /** A record as it comes live: the same, a moment later. */
  const liveOf = ([seq, subject, headers, body]: HistoryRecord): Message => {
    const entries = new Map(JSON.parse(headers) as [string, string][])
    const of = (name: string) => entries.get(name) ?? ''
    return {
      ...{ id: of('ce-id'), type: of('ce-type'), source: 'test', subject, aggregate: of('ce-subject') },
      ...{
        correlation_id: of('ce-subject'),
        causation_id: null,
        time: new Date(of('ce-time')),
        data: JSON.parse(body),
      },
      ...{ replayed: false, attempt: 1, sequence: seq },
    }
  }
  const differing = () =>
    Promise.all(
      tables.map((table) =>
        sql(`(select * from public.${table} except select * from replaced.${table})
             union all (select * from replaced.${table} except select * from public.${table})`),
      ),
    ).then((rows) => rows.flat())

  it('equals the one that served, however live messages and the replay interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.array(fc.record({ live: fc.boolean(), size: fc.integer({ min: 1, max: 7 }) }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.nat(10),
        async ({ seen }, steps, before) => {
          await forget()
          const records = recordsOf(seen)
          let told = Math.min(before, records.length)
          await live(records.slice(0, told).map(liveOf))
          delivered = told
          const job = newId()
          let { position, upper } = granted(await tend({ action: 'begin', job }))
          const takeLive = async (size: number) => {
            const batch = records.slice(told, told + size)
            // Redelivered ones come with them.
            await live([...records.slice(Math.max(0, told - 1), told), ...batch].map(liveOf))
            told += batch.length
          }
          const takeReplayed = async (size: number) => {
            const upto = Math.min(upper, position + size)
            const input = { job, after: position, upto, records: records.slice(position, upto) }
            position = granted(await replay(input)).position
            // An answer that was lost: the same is handed over again, and nothing happens.
            assert.equal(granted(await replay(input)).position, position)
          }
          for (const step of steps) await (step.live ? takeLive : takeReplayed)(step.size)
          while (position < upper) await takeReplayed(5)
          assert.equal(granted(await tend({ action: 'swap', job })).state, 'swapped')
          assert.deepEqual(await differing(), [])
          await takeLive(records.length)
          assert.equal(granted(await tend({ action: 'finalize', job })).state, 'none')
        },
      ),
      { numRuns: 40 },
    )
  })

  it('leaves out what cannot be taken in, and names it', async () => {
    const records = recordsOf(journeyOf({ order: 1, user: 2, amount: 500, at: 0 }).completed())
    delivered = records.length
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
    delivered = 3
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
  const nothing = { contract, connection: {} as never, db: {} as never, transaction: {} as never, context: {} }
  assert.throws(() => projectionAnswers({ ...service, parts }, nothing), new RegExp(`cannot be built anew.*${type}`))
  assert.equal(projectionAnswers(service, nothing).size, 2)
})
