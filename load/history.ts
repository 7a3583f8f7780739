// `npm run bench:history`: how fast the history is verified, searched and replayed, each beside what bounds it.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endReplay, listReplays, startReplay } from '@deliveryflow/contracts'
import { newId, Rejection } from '@deliveryflow/kit'
import { stretches } from '@deliveryflow/kit/history/places'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { publish } from '@deliveryflow/kit/outbox/publish'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type System, startSystem } from '@deliveryflow/local/system'
import { jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Command, InvalidArgumentError } from 'commander'
import { selected } from '../cli/src/audit/selection.ts'
import { verifyIndex } from '../cli/src/audit/verify.ts'
import { describeConditions } from './conditions.ts'
import { eventsOfJourney, journey } from './journeys.ts'
import { quantilesOf } from './quantiles.ts'

const whole = (value: string) => {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It must be a whole number.')
}

const options = new Command('npm run bench:history --')
  .description(
    'Starts a system of its own, fills its history with journeys of orders, and measures dfctl audit verify, history and replay.\n' +
      'While it is measured only audit and order-history run beside the backends.',
  )
  .option('--orders <n>', `journeys of ${eventsOfJourney} events`, whole, 30_000)
  .option(
    '--index <n>',
    'rows more in the index, for the search alone (10000000 takes a quarter of an hour and 10 GB of disk)',
    whole,
    0,
  )
  .option('--json', 'print everything as JSON')
  .showHelpAfterError()
  .parse()
  .opts<{ orders: number; index: number; json?: true }>()

const report = (line: string) => process.stderr.write(`${line}\n`)
const perSecond = (count: number, ms: number) => Math.round((count * 1000) / ms)
const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const begun = performance.now()
  const result = await work()
  return [result, performance.now() - begun]
}
const log = createLog('bench', 'error')
const database = (url: string) =>
  openDatabase({ url, application_name: 'bench', max: 2, options: '-c plan_cache_mode=force_custom_plan' }, log)
type Db = ReturnType<typeof database>

const count = async (db: Db, table: string) =>
  Number(
    (await db.query<{ n: number }>({ name: '', text: `select count(*) as n from ${table}`, values: [] })).rows[0]?.n,
  )

/** Publishes journeys and waits until audit has sealed them and order-history has folded them. */
const fill = async (system: System, nats: NatsConnection, audit: Db): Promise<void> => {
  for (const [name, process] of system.processes) {
    if (name !== 'audit' && name !== 'order-history') await process.stop()
  }
  const js = jetstream(nats)
  const before = await count(audit, 'seals')
  for (let made = 0; made < options.orders; made += 100) {
    const journeys = Array.from({ length: Math.min(100, options.orders - made) }, () => journey())
    const { failures } = await publish(js, journeys.flat())
    if (failures.length > 0) throw failures[0]
    if (made % 5000 === 0) report(`  ${made} of ${options.orders} journeys published`)
  }
  const manager = await js.jetstreamManager()
  const waiting = async (consumer: string) => {
    const { num_pending, num_ack_pending } = await manager.consumers.info('EVENTS', consumer)
    return num_pending + num_ack_pending
  }
  for (;;) {
    const [behind, folding, sealed] = [
      await waiting('audit'),
      await waiting('order-history'),
      await count(audit, 'seals'),
    ]
    if (behind + folding === 0 && sealed >= before + options.orders * eventsOfJourney) return
    report(`  ${behind} wait for audit, ${folding} for order-history`)
    await sleep(2000)
  }
}

const measureVerify = async (db: Db) => {
  const [verdict, ms] = await timed(() => verifyIndex(db, {}))
  if (verdict.findings.length > 0) throw new Error('The history is not whole.')
  const [read, read_ms] = await timed(async () => {
    let places = 0
    for await (const stretch of stretches(db, 1, verdict.last?.sequence ?? 0)) places += stretch.length
    return places
  })
  const sample: Parameters<typeof hashOf>[0][] = []
  for await (const places of stretches(db, 1, 5000)) for (const { record } of places) if (record) sample.push(record)
  const [hashed, hash_ms] = await timed(async () => {
    let link: Uint8Array = genesis
    for (let round = 0; round < 20; round++) for (const record of sample) link = linkOf(link, hashOf(record))
    return sample.length * 20
  })
  return {
    records: verdict.records,
    records_per_s: perSecond(verdict.records, ms),
    bound_read_per_s: perSecond(read, read_ms),
    bound_hash_per_s: perSecond(hashed, hash_ms),
  }
}

const measureSearch = async (db: Db) => {
  const rows = await count(db, 'events')
  const { rows: some } = await db.query<{ order_id: string }>({
    name: '',
    text: 'select order_id from events tablesample system (1) where order_id is not null limit 200',
    values: [],
  })
  const times: number[] = []
  for (const { order_id } of some) {
    const [, ms] = await timed(async () => {
      for await (const _ of selected(db, { order_id }));
    })
    times.push(ms)
  }
  const { p50, p99 } = quantilesOf(times)
  return { rows, searches: times.length, p50_ms: p50, p99_ms: p99 }
}

const measureReplay = async (nats: NatsConnection, history: Db) => {
  const call = rpcClient(nats)
  const caller = { user_id: randomUUID(), role: 'admin' } as const
  const job = newId()
  const granted = <T>(answer: T | Rejection): T => {
    if (answer instanceof Rejection) throw new Error(answer.detail)
    return answer
  }
  const [replay, ms] = await timed(async () => {
    granted(await call(startReplay, { job, projection: 'order-history', reason: 'a benchmark' }, { caller }))
    for (;;) {
      const [found] = granted(await call(listReplays, { job, limit: 1 }, { caller })).items
      if (found && found.state !== 'running') return found
      await sleep(50)
    }
  })
  const [rows, insert_ms] = await timed(() => insertTimeline(history))
  granted(await call(endReplay, { job, action: 'finalize' }, { caller, timeout_ms: 30_000 }))
  return {
    records: replay.records,
    seconds: ms / 1000,
    records_per_s: perSecond(replay.records, ms),
    bound_insert_per_s: perSecond(rows, insert_ms),
  }
}

/** The bound: the rows of the timeline copied by PostgreSQL itself into an empty table with the same key. */
const insertTimeline = async (db: Db): Promise<number> => {
  const sql = (text: string) => db.query<{ n: number }>({ name: '', text, values: [] })
  await sql('create table bench_timeline (like timeline including all)')
  await sql('insert into bench_timeline select * from timeline')
  const { rows } = await sql('select count(*) as n from bench_timeline')
  await sql('drop table bench_timeline')
  return Number(rows[0]?.n)
}

/** Rows of other orders, for an index as large as one of years. They are in no chain. */
const enlarge = async (db: Db, rows: number): Promise<void> => {
  const step = 500_000
  const { rows: ends } = await db.query<{ last: number }>({
    name: '',
    text: 'select max(sequence) as last from events',
    values: [],
  })
  const last = Number(ends[0]?.last)
  for (let made = 0; made < rows; made += step) {
    report(`  ${made} of ${rows} rows more`)
    await db.query({
      name: '',
      text: `insert into events (sequence, nats_subject, headers, data, hash, stored_at, event_id, type, source, subject, order_id,
               user_id, correlation_id, causation_id, time)
             select $1::bigint + n, e.nats_subject, e.headers, e.data, e.hash, e.stored_at, gen_random_uuid(), e.type, e.source, o.id::text,
               o.id, gen_random_uuid(), o.id::text, null, e.time
             from (select (g - 1) * ${eventsOfJourney} as base, gen_random_uuid() as id from generate_series(1, $2::int / ${eventsOfJourney}) as g) as o
             cross join lateral (
               select o.base + row_number() over () as n, t.* from (select * from events where order_id is not null order by sequence limit ${eventsOfJourney}) as t) as e`,
      values: [last + 1_000_000_000 + made, Math.min(step, rows - made)],
    })
  }
  await db.query({ name: '', text: 'analyze events', values: [] })
}

const dir = mkdtempSync(join(tmpdir(), 'deliveryflow-bench-'))
// What is archived meanwhile is no part of what is measured.
const settings = { LOG_LEVEL: 'warn', AUDIT__ARCHIVE_URL: '' }
const system = await startSystem({ dir, ports: 'free', http_port: 'free', each: true, settings, report })
try {
  const nats = await connect(system.backends.nats.user('admin'))
  const [audit, history] = [
    database(system.backends.postgres.url('audit')),
    database(system.backends.postgres.url('order-history')),
  ]
  const conditions = await describeConditions(system, nats)
  report(`Filling the history with ${options.orders} journeys …`)
  await fill(system, nats, audit)
  report('Measuring …')
  const verify = await measureVerify(audit)
  const replay = await measureReplay(nats, history)
  const search = await measureSearch(audit)
  if (options.index > 0) await enlarge(audit, options.index)
  const large = options.index > 0 ? await measureSearch(audit) : null
  const result = { conditions, options, verify, replay, search, large }
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else {
    const n = (value: number) => value.toLocaleString('en')
    process.stdout.write(
      `${[
        `${conditions.date}, ${conditions.processors} × ${conditions.processor}, ${conditions.memory_gb} GB, node ${conditions.node}, NATS ${conditions.nats}, PostgreSQL ${conditions.postgresql}`,
        `verify   ${n(verify.records_per_s)} records/s over ${n(verify.records)}; bounds: reading alone ${n(verify.bound_read_per_s)}, hashing alone ${n(verify.bound_hash_per_s)}`,
        `replay   ${n(replay.records_per_s)} records/s over ${n(replay.records)} (${replay.seconds.toFixed(1)} s, until swapped in with all indexes); bound: PostgreSQL copies ${n(replay.bound_insert_per_s)} rows/s of the timeline`,
        ...[search, ...(large ? [large] : [])].map(
          ({ rows, searches, p50_ms, p99_ms }) =>
            `history  of one order among ${n(rows)} rows: p50 ${p50_ms.toFixed(1)} ms, p99 ${p99_ms.toFixed(1)} ms (${searches} searches)`,
        ),
      ].join('\n')}\n`,
    )
  }
  await Promise.all([audit.end(), history.end(), nats.close()])
} finally {
  await system.stop({ discard: true })
  rmSync(dir, { recursive: true, force: true })
}
