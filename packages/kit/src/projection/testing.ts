// For tests of projections on a real database: events that are told live and by a replay, in whatever order, and how what they make differs.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { consumersOf } from '@deliveryflow/contracts'
import { Rejection } from '../errors.ts'
import { type Message, newId } from '../index.ts'
import { byContract } from '../messaging/consumer.ts'
import { openDatabase } from '../postgres/database.ts'
import { migrate } from '../postgres/migrate.ts'
import { transactions } from '../postgres/transaction.ts'
import { foldsOf, type Service } from '../service/define.ts'
import { batchHandler, projectorOf } from '../service/handle.ts'
import { createLog } from '../telemetry/log.ts'
import { replayAnswer } from './replay.ts'
import { tendAnswer } from './shadow.ts'

/** An event as its service said it. */
export type Told = { id: string; type: string; aggregate: string; time: Date; data: object }

/** What a replay hands over: place, subject, headers and body. */
export type HistoryRecord = [sequence: number, subject: string, headers: string, body: string]

/** The events as they lie in the stream, from place 1 on. */
export const recordsOf = (events: readonly Told[]): HistoryRecord[] =>
  events.map(({ id, type, aggregate, time, data }, n) => {
    const headers = [
      ['ce-id', id],
      ['ce-type', type],
      ['ce-subject', aggregate],
      ['ce-time', time.toISOString()],
    ]
    return [n + 1, `events.${type}`, JSON.stringify(headers), JSON.stringify(data)]
  })

/** A record as it comes live. */
const liveOf = ([sequence, subject, headers, body]: HistoryRecord): Message => {
  const header = new Map(JSON.parse(headers) as [string, string][])
  const of = (name: string) => header.get(name) ?? ''
  return {
    ...{ id: of('ce-id'), type: of('ce-type'), source: 'test', subject, aggregate: of('ce-subject') },
    ...{ correlation_id: of('ce-subject'), causation_id: null, time: new Date(of('ce-time')), data: JSON.parse(body) },
    ...{ replayed: false, attempt: 1, sequence },
  }
}

/** How a run goes on: so many messages more, live or by the replay. */
export type Step = { live: boolean; size: number }

type Place = {
  service: Service
  /** An empty database, which is dropped in the end. */
  scratch: { url: string; drop(): Promise<void> }
  /** The folder of the service's migrations. */
  migrations: URL
  context: object
}

export type Projection = Awaited<ReturnType<typeof projectionOn>>

/** The projection of a service on a database of its own. */
export const projectionOn = async ({ service, scratch, migrations, context }: Place) => {
  const { topology, parts } = service
  await migrate(scratch.url, fileURLToPath(migrations))
  const db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, createLog('test', 'silent'))
  const transaction = transactions(db, topology.name, () => undefined)
  const [contract] = consumersOf(topology)
  const folds = foldsOf(parts)
  assert.ok(contract && folds && parts.projection, `${topology.name} is a projection`)
  const { tables, carryOver } = parts.projection
  let delivered = 0
  const hear = batchHandler(contract, parts.hears, context, transaction, folds)
  const tend = tendAnswer({ tables, db, transaction, carryOver, delivered: async () => delivered })
  const replay = replayAnswer({
    transaction,
    project: projectorOf(folds, context),
    read: byContract(topology.name, topology.hears),
  })
  const sql = async (text: string) => (await db.query<Record<string, unknown>>({ name: '', text, values: [] })).rows

  return {
    tend,
    replay,
    sql,
    drop: async () => {
      await db.end()
      await scratch.drop()
    },
    live: (records: readonly HistoryRecord[]) => hear(records.map(liveOf)),
    /** Up to where messages were delivered. */
    deliver: (sequence: number) => {
      delivered = sequence
    },
    forget: async () => {
      const [left] = await sql('select job from messaging.shadow')
      if (left) await sql(`select messaging.end_shadow('${left.job}')`)
      await sql(`truncate ${tables.join(', ')}, messaging.inbox`)
    },
    /**
     * Tells the first records live, begins to build the tables anew, goes on by the steps until all is told live and replayed, and swaps. Live
     * batches overlap by a message and each call of the replay comes twice. Resolves to what differs then in `columns` between the tables.
     */
    rebuild: async (
      records: readonly HistoryRecord[],
      steps: readonly Step[],
      { before = 0, columns = '*' } = {},
    ): Promise<Record<string, unknown>[]> => {
      let told = Math.min(before, records.length)
      await hear(records.slice(0, told).map(liveOf))
      delivered = told
      const job = newId()
      let { position, upper } = granted(await tend({ action: 'begin', job }))
      const takeLive = async (size: number) => {
        const batch = records.slice(told, told + size)
        await hear([...records.slice(Math.max(0, told - 1), told), ...batch].map(liveOf))
        told += batch.length
      }
      const takeReplayed = async (size: number) => {
        const upto = Math.min(upper, position + size)
        const input = { job, after: position, upto, records: records.slice(position, upto) }
        position = granted(await replay(input)).position
        assert.equal(granted(await replay(input)).position, position)
      }
      for (const step of steps) await (step.live ? takeLive : takeReplayed)(step.size)
      while (position < upper) await takeReplayed(5)
      assert.equal(granted(await tend({ action: 'swap', job })).state, 'swapped')
      const differing = await Promise.all(
        tables.map((table) => {
          const [served, replaced] = ['public', 'replaced'].map((schema) => `select ${columns} from ${schema}.${table}`)
          return sql(`(${served} except ${replaced}) union all (${replaced} except ${served})`)
        }),
      )
      await takeLive(records.length)
      assert.equal(granted(await tend({ action: 'finalize', job })).state, 'none')
      return differing.flat()
    },
  }
}

/** What was answered, and no Rejection. */
export const granted = <T>(answer: T | Rejection): T => {
  if (answer instanceof Rejection) assert.fail(answer.detail)
  return answer
}
