// Plants faults in a running system of its own; check must name each one, and nothing else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { System } from '@deliveryflow/local/system'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import { startTestSystem } from '../../../tests/system.ts'
import { openLocal } from '../local.ts'
import { runChecks } from './check.ts'
import { checksOf } from './checks.ts'
import { readDeadLetters } from './dead-letters.ts'
import { readingsOf } from './readings.ts'
import { readStatus } from './status.ts'

let system: System
let connection: NatsConnection

before(async () => {
  // Nobody may put right in the background what is planted here.
  system = await startTestSystem({ settings: { SAGA__SWEEP_MS: '3600000' } })
  connection = await connect(system.backends.nats.user('admin'))
})

after(async () => {
  await connection?.close()
  await system?.stop()
})

/** Looks with fresh eyes, and tells what is not well: id, state and reason. */
const look = async (lag_limit = 1000) => {
  const target = openLocal(system.dir)
  try {
    const { healthy, checks } = await runChecks(await checksOf(readingsOf(target, null), { lag_limit }))
    const wrong = checks.filter(({ state }) => state !== 'ok')
    return { healthy, wrong: Object.fromEntries(wrong.map(({ id, state, reason }) => [id, `${state}: ${reason}`])) }
  } finally {
    await target.close()
  }
}

const sql = async (url: string, text: string) => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

const database = (name: string) => system.backends.postgres.url(name)

test('a system that was just started is well', async () => {
  assert.deepEqual(await look(), { healthy: true, wrong: {} })
})

test('faults in the databases: a wrong password, a migration that is not applied, a saga and an outbox that wait', async () => {
  const own = decodeURIComponent(new URL(database('profile')).password)
  await sql(system.backends.postgres.admin_url, `alter role profile password 'another'`)
  const [applied] = (
    await sql(
      database('catalog'),
      'delete from public.migrations where name = (select max(name) from public.migrations) returning name',
    )
  ).rows
  await sql(
    database('saga'),
    `insert into sagas (order_id, user_id, step, deadline_at)
     values ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-000000000002', 'pay', now() - interval '10 minutes')`,
  )
  // Whoever holds the relay's turn keeps all others from publishing.
  const relay = new pg.Client(database('order'))
  await relay.connect()
  await relay.query(`select pg_advisory_lock(hashtext('messaging.relay'))`)
  await sql(
    database('order'),
    `with said as (
       insert into messaging.outbox (id, subject, aggregate, headers, data, created_at)
       values (gen_random_uuid(), 'events.order_paid', 'x', '{}', '{}', now() - interval '2 minutes')
       returning position, created_on)
     insert into messaging.outbox_pending (position, created_on) select position, created_on from said`,
  )
  const { healthy, wrong } = await look()
  assert.equal(healthy, false)
  assert.match(wrong['databases.profile'] ?? '', /^failure: PostgreSQL refuses its password.*postgres-profile$/)
  assert.equal(wrong['databases.catalog'], `failure: not applied: ${applied.name}`)
  assert.match(wrong['flow.sagas'] ?? '', /^failure: 1 past their deadline, the longest by 10 min/)
  assert.match(wrong['flow.outbox'] ?? '', /^warning: 1 wait in order, the oldest for 2 min/)
  assert.equal(Object.keys(wrong).length, 4, JSON.stringify(wrong))

  await sql(system.backends.postgres.admin_url, `alter role profile password '${own}'`)
  await sql(database('catalog'), `insert into public.migrations (name, run_on) values ('${applied.name}', now())`)
  await sql(database('saga'), 'delete from sagas')
  await sql(database('order'), 'delete from messaging.outbox_pending')
  await relay.end()
  assert.deepEqual(await look(), { healthy: true, wrong: {} })
})

test('pages that the gateway cannot show', async () => {
  await system.pages.kill()
  const { healthy, wrong } = await look()
  assert.equal(healthy, false)
  assert.deepEqual(wrong, { 'services.web': 'failure: the gateway cannot show them: GET / answers 503' })
  await system.pages.start()
  assert.deepEqual(await look(), { healthy: true, wrong: {} })
})

test('a database newer than this dfctl is a warning', async () => {
  await sql(database('audit'), `insert into public.migrations (name, run_on) values ('9999_later', now())`)
  const { healthy, wrong } = await look()
  assert.equal(healthy, true)
  assert.match(wrong['databases.audit'] ?? '', /^warning: it has 9999_later/)
  await sql(database('audit'), `delete from public.migrations where name = '9999_later'`)
})

test('faults in NATS: dead letters, a consumer that lags, one that is missing, a stream that is missing', async () => {
  const manager = await jetstreamManager(connection)
  const about = headers()
  for (const [name, value] of Object.entries({
    'df-dlq-service': 'payment',
    'df-dlq-stream': 'EVENTS',
    'df-dlq-subject': 'events.inventory_reserved',
    'df-dlq-attempts': '7',
    'df-dlq-error': JSON.stringify('Terminal: no such account'),
  }))
    about.set(name, value)
  await jetstream(connection).publish('dlq.payment.events', '{}', { headers: about })
  await manager.consumers.pause('EVENTS', 'audit', new Date(Date.now() + 600_000))
  const email = `check-${Date.now()}@example.com`
  const registered = await fetch(`${system.url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'correct horse battery', name: 'Check' }),
  })
  assert.equal(registered.status, 201, await registered.text())
  await manager.consumers.delete('COMMANDS', 'payment')
  await manager.streams.delete('JOBS')

  const { healthy, wrong } = await look(0)
  assert.equal(healthy, false)
  assert.match(wrong['flow.dead-letters'] ?? '', /^warning: 1 could not be handled: 1 of payment.events$/)
  assert.match(wrong['flow.lag'] ?? '', /^warning: .*1 of EVENTS wait for audit.* \(limit 0\)$/)
  assert.match(wrong['nats.consumers'] ?? '', /^failure: .*COMMANDS\/payment: it does not exist/)
  assert.match(wrong['nats.consumers'] ?? '', /EVENTS\/audit is paused/)
  assert.equal(wrong['nats.stream.JOBS'], 'failure: it does not exist')
  assert.deepEqual(
    (await readDeadLetters(connection, 5)).map(({ service, subject, attempts, error }) => ({
      service,
      subject,
      attempts,
      error,
    })),
    [{ service: 'payment', subject: 'events.inventory_reserved', attempts: 7, error: 'Terminal: no such account' }],
  )
})

test('one NATS server away is a warning; without a quorum the rest is not checked instead of failing too', async () => {
  const [first, second] = system.backends.nats.nodes
  assert.ok(first && second)
  await first.kill()
  const { wrong: one } = await look()
  assert.match(one['nats.servers'] ?? '', new RegExp(`^warning: 2 of 3 answer; ${first.name}: `))
  await second.kill()
  const { wrong: two } = await look()
  assert.match(two['nats.servers'] ?? '', /^failure: 1 of 3 answer/)
  for (const id of ['nats.quorum', 'nats.stream.EVENTS', 'nats.consumers', 'flow.lag', 'flow.dead-letters'])
    assert.equal(two[id], 'skipped: not checked: nats.servers failed', id)

  const target = openLocal(system.dir)
  const status = await readStatus(readingsOf(target, null), null)
  await target.close()
  assert.deepEqual(
    status.nats.servers.map(({ up }) => up),
    [false, false, true],
  )
  assert.equal(status.databases.filter(({ up }) => up).length, status.databases.length)
})
