// dfctl audit replay on a running system: a read model is built anew while orders flow, and is what it was.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, PermissionViolationError } from '@nats-io/transport-node'
import { type Client, customer, orderIs, orderOf, product, signIn, until } from '../../../tests/client.ts'
import { query, type TestSystem, testSystem } from '../../../tests/harness.ts'
import { openLocal } from '../local.ts'
import { dfctl as run } from '../testing.ts'
import { effectsAround } from './effects.ts'
import type { Plan } from './projection.ts'
import type { Report } from './report.ts'

let system: TestSystem
let poor: Client
let thing: string
const orders: string[] = []

const dfctl = (...words: string[]) => run(['audit', 'replay', ...words, '--local-folder', system.dir ?? ''])
const rows = <Row extends object>(text: string) =>
  query<Row & Record<string, unknown>>(system.databases['order-history'], text)
const place = async () => {
  const { body } = await poor.post('/api/orders', orderOf(thing))
  orders.push(body.order_id)
}
/** Places orders until it is told to stop: each ends for want of money, so that nobody has to carry it. */
const flow = () => {
  let on = true
  const flowing = (async () => {
    while (on) await Promise.all([place(), place()])
  })()
  return {
    stop: () => {
      on = false
      return flowing
    },
  }
}

before(async () => {
  system = await testSystem()
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  poor = await customer(system.url)
  thing = await product(admin, { price: 100, stock: 100_000 })
  await Promise.all(Array.from({ length: 20 }, place))
})
after(async () => {
  // What a failed test left must not be in the way of the next.
  for (const { job, state } of JSON.parse((await dfctl('list', '-o', 'json')).stdout) as {
    job: string
    state: string
  }[])
    if (state === 'running' || state === 'swapped') await dfctl(state === 'running' ? 'cancel' : 'finalize', job)
})

const rebuild = async (): Promise<Report> => {
  const ended = await dfctl('--to', 'projection=order-history', '--reason', 'a test', '-o', 'json', '--timeout', '2m')
  assert.equal(ended.code, 0, ended.stderr)
  return JSON.parse(ended.stdout)
}

it('says what it would do, and does nothing', async () => {
  const { stdout, code } = await dfctl('--to', 'projection=order-history', '--dry-run', '-o', 'json')
  assert.equal(code, 0)
  const plan = JSON.parse(stdout) as Plan
  assert.ok(plan.types.some(({ type, records }) => type === 'order_created' && records >= 20))
  assert.ok(plan.suppressed.includes('payment') && !plan.suppressed.includes('order-history'))
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  assert.ok((await admin.get('/api/replays')).body.projections.includes(plan.projection))
  const people = (await dfctl('--to', 'projection=order-history', '--dry-run')).stdout
  assert.match(people, /^A replay into order-history: [\d,]+ records/)
  assert.match(people, /suppressed: .*payment/)
})

it('builds the read model anew while orders flow, and moves no money meanwhile', async () => {
  const flowing = flow()
  const report = await rebuild().finally(() => flowing.stop())
  const { replay, effects } = report
  assert.equal(replay.state, 'swapped')
  assert.equal(replay.failed, 0)
  assert.deepEqual(
    [effects.after.debits, effects.after.refunds],
    [effects.before.debits, effects.before.refunds],
    'nobody here can pay',
  )
  const none = { debits: 0, refunds: 0, reservations: 0, letters: 0, orders: 0 }
  assert.deepEqual(effects.late, none, 'nothing came of what was replayed')
  assert.ok(effects.after.orders > effects.before.orders, 'while orders flowed')
  const [last = ''] = orders.slice(-1)
  await orderIs(poor, last, 'CANCELLED')
  const entries = async (id: string) => (await poor.get(`/api/orders/${id}/timeline`)).body.entries?.length ?? 0
  for (const id of orders) await until(`the timeline of ${id} is whole`, async () => (await entries(id)) === 5)
  assert.equal((await dfctl('finalize', replay.job)).code, 0)
  const later = JSON.parse((await dfctl('report', replay.job, '-o', 'json')).stdout) as Report
  assert.equal(later.replay.state, 'finalized')
  assert.deepEqual({ ...later, replay }, { ...report, by: later.by }, 'it is the same after dfctl has gone')
  const people = (await dfctl('report', replay.job)).stdout
  assert.match(people, /^✔ order-history was built anew.*: [\d,]+ records in .*\n +since \S+ by dfctl: a test\n/)
  assert.match(people, /\n +debits +[\d,]+ +[\d,]+ +0 +0\n(.*\n)* +none of it came of what had happened before/)
})

it('tells what came of events that had happened before, as an effect of a replay would', async () => {
  const [first = ''] = orders
  const [cause] = await query<{ event_id: string; time: Date }>(
    system.databases.audit,
    `select event_id, time from events where order_id = $1 and type = 'order_cancelled'`,
    [first],
  )
  assert.ok(cause)
  const later = (seconds: number) => new Date(cause.time.getTime() + seconds * 1000)
  // A letter as it would be said once more, long after the first.
  const [said] = await query<{ position: string }>(
    system.databases.notification,
    `insert into messaging.outbox (id, subject, aggregate, headers, data, created_at, created_on)
     values (gen_random_uuid(), 'jobs.notify_user', $1, json_build_object('ce-causationid', $2::text), '{}', $3::timestamptz, $3::timestamptz::date)
     returning position`,
    [`order_cancelled:${first}`, cause.event_id, later(100)],
  )
  const target = openLocal(system.dir ?? '')
  const late = async (begun: Date) => (await effectsAround(target, begun, later(110))).late?.letters
  try {
    assert.equal(await late(later(90)), 1)
    assert.equal(await late(later(30)), 0, 'it may have been under way')
    assert.equal(await late(later(105)), 0, 'it was said before')
  } finally {
    await query(system.databases.notification, 'delete from messaging.outbox where position = $1', [said?.position])
    await target.close()
  }
})

it('gives what is there already, row for row and index for index', async () => {
  const { replay } = await rebuild()
  for (const table of ['orders', 'timeline']) {
    for (const [one, other] of [
      ['public', 'replaced'],
      ['replaced', 'public'],
    ]) {
      const differ = await rows(`select * from ${one}.${table} except select * from ${other}.${table}`)
      assert.deepEqual(differ, [], `${table} of ${one} and not of ${other}`)
    }
  }
  const shape = (schema: string) =>
    rows(`select indexname, replace(indexdef, '${schema}.', '') as definition from pg_indexes where schemaname = '${schema}'
          and tablename in ('orders', 'timeline') order by 1`)
  assert.deepEqual(await shape('public'), await shape('replaced'))
  const again = await dfctl('--to', 'projection=order-history', '--reason', 'too soon')
  assert.equal(again.code, 5)
  assert.match(again.stderr, /was swapped in and is not finalized/)
  assert.match((await dfctl('finalize', replay.job)).stdout, /is finalized/)
  assert.deepEqual(await rows(`select 1 from pg_namespace where nspname in ('shadow', 'replaced')`), [])
})

it('is given up without a trace, and may be begun again', async () => {
  const slow = dfctl('--to', 'projection=order-history', '--reason', 'to be given up', '--rate', '1', '--timeout', '1m')
  const running = async () =>
    (JSON.parse((await dfctl('list', '-o', 'json')).stdout) as { job: string; state: string; position: number }[]).find(
      ({ state, position }) => state === 'running' && position > 0,
    )
  await until('it has begun', async () => (await running()) !== undefined)
  const job = (await running())?.job ?? ''
  const waiting = await dfctl('status', job, '--wait', '--timeout', '1s')
  assert.equal(waiting.code, 3)
  assert.match(waiting.stderr, /has not ended yet(.*\n)*.*It goes on by itself/)
  assert.match((await dfctl('cancel', job)).stdout, /is cancelled/)
  assert.match((await dfctl('cancel', job)).stdout, /is cancelled/)
  const ended = await slow
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /was cancelled/)
  await until('nothing stands beside', async () => {
    const left = await rows(`select 1 from pg_namespace where nspname in ('shadow', 'replaced')`)
    return left.length === 0
  })
  const { replay } = await rebuild()
  assert.equal((await dfctl('cancel', replay.job)).code, 5, 'it was swapped in')
  assert.equal((await dfctl('finalize', replay.job)).code, 0)
})

it('stands in the history with its reason, and in the list', async () => {
  const told = await run([
    'audit',
    'history',
    '--type',
    'replay_ended',
    '-o',
    'name',
    '--local-folder',
    system.dir ?? '',
  ])
  assert.ok(told.stdout.trim().split('\n').length >= 2)
  const { stdout } = await dfctl('list')
  assert.match(stdout, /^JOB +PROJECTION +STATE/)
  assert.match(stdout, /order-history +finalized .* a test/)
})

it('is nothing that another service may hear or send', async () => {
  const secrets = JSON.parse(readFileSync(join(system.dir ?? '', 'secrets.json'), 'utf8'))
  const pass: string = secrets['nats:payment']
  assert.ok(pass)
  const payment = await connect({ servers: system.nats.servers, user: 'payment', pass })
  const refused: string[] = []
  void (async () => {
    for await (const { type, error } of payment.status() as AsyncIterable<{ type: string; error?: Error }>)
      if (type === 'error' && error instanceof PermissionViolationError)
        refused.push(`${error.operation} ${error.subject}`)
  })()
  payment.subscribe('replay.>', { callback: () => undefined })
  payment.publish('replay.x.order-history', '{}')
  await until('both are refused', async () => refused.length === 2)
  assert.deepEqual(refused.sort(), ['publish replay.x.order-history', 'subscription replay.>'])
  await payment.close()
})

it('sends selected records to a stream of their own, once, and tells it in the history', async () => {
  const name = `copy-${process.pid}`
  const [order = ''] = orders
  const words = ['--to', `stream=${name}`, '--order', order, '--reason', 'to look at one']
  const sent = await dfctl(...words, '-o', 'json')
  assert.equal(sent.code, 0, sent.stderr)
  const { records, job } = JSON.parse(sent.stdout)
  const connection = await connect(system.nats)
  const { streams } = await jetstreamManager(connection)
  try {
    assert.equal((await streams.info(name)).state.messages, records)
    const first = await streams.getMessage(name, { seq: 1 })
    assert.equal(first?.subject, `replay.${name}.order_created`)
    assert.equal(first?.header.get('df-replay'), job)
    assert.equal(JSON.parse(first?.string() ?? '').order_id, order)
    const again = await dfctl(...words)
    assert.equal(again.code, 5)
    assert.match(again.stderr, new RegExp(`The stream ${name} cannot be made`))
  } finally {
    await streams.delete(name)
    await connection.close()
  }
  const noted = async () =>
    (await run(['audit', 'history', '--aggregate', job, '-o', 'name', '--local-folder', system.dir ?? ''])).code
  await until('it is in the history', async () => (await noted()) === 0)
})

it('sends selected records to a subject, to a file and to stdout', async () => {
  const [order = ''] = orders
  const connection = await connect(system.nats)
  const heard: string[] = []
  connection.subscribe('replay.look.>', { callback: (_, { subject }) => void heard.push(subject) })
  await connection.flush()
  const { code, stdout, stderr } = await dfctl(
    '--to',
    'subject=replay.look',
    '--order',
    order,
    '--reason',
    'to hear one',
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^\d+ records up to \d+ to subject=replay\.look\n$/)
  await until('all of it was heard', async () => heard.length === Number.parseInt(stdout, 10))
  assert.equal(heard[0], 'replay.look.order_created')
  await connection.close()

  const file = join(mkdtempSync(join(tmpdir(), 'dfctl-replay-')), 'order.ndjson')
  assert.equal((await dfctl('--to', `file=${file}`, '--order', order)).code, 0)
  const told = await dfctl('--to', 'stdout', '--order', order, '--speed', 'original', '--max-gap', '50ms')
  assert.equal(told.stdout, readFileSync(file, 'utf8'))
  assert.equal(told.stdout.trim().split('\n').length, heard.length)
  const plan = await dfctl('--to', 'stdout', '--order', order, '--dry-run')
  assert.match(plan.stdout, /^A replay to stdout: \d+ records.*\n +inventory_released +1 /)
})

it('explains what cannot be', async () => {
  for (const [words, code, text] of [
    [['--to', 'projection=payment', '--reason', 'because'], 4, /no projection payment; one of .*order-history/],
    [['--to', 'projection=order-history'], 2, /needs a reason/],
    [['--to', 'events.order_paid', '--reason', 'because'], 2, /cannot go to "events.order_paid"/],
    [['--to', 'subject=events.order_paid', '--reason', 'because'], 5, /is not below replay\./],
    [['--to', 'subject=replay.x', '--type', 'order_created'], 2, /needs a reason/],
    [['--to', 'projection=order-history', '--type', 'order_created'], 2, /built from all of the history/],
    [['--to', 'stdout', '--speed', 'fast'], 2, /instant, original/],
    [['--to', 'stdout', '--user', '00000000-0000-7000-8000-000000000000'], 4, /nothing of this selection/],
    [['--reason', 'because'], 2, /Where to\?/],
    [['status', '00000000-0000-7000-8000-000000000000'], 4, /There is no replay/],
    [['report', '00000000-0000-7000-8000-000000000000'], 4, /There is no replay/],
    [['cancel', '00000000-0000-7000-8000-000000000000'], 4, /There is no replay/],
  ] as const) {
    const ended = await dfctl(...words)
    assert.equal(ended.code, code, `${words.join(' ')}: ${ended.stderr}`)
    assert.match(ended.stderr, text)
  }
})
