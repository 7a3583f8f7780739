// The backends as a whole, against the real programs: each speaks its protocol, survives kills, keeps its data, ends.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, PermissionViolationError } from '@nats-io/transport-node'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { createTransport } from 'nodemailer'
import { Client } from 'pg'
import { until } from '../tests/client.ts'
import { BackendError, type Backends, type BackendsOptions, startBackends } from './backends.ts'
import { identityOf } from './process-table.ts'

// The developer's own settings would replace the backends under test.
for (const name of ['NATS_URL', 'DATABASE_URL', 'REDIS_URL', 'MONGODB_URL', 'SMTP_URL']) delete process.env[name]

const dir = mkdtempSync(join(tmpdir(), 'backends-'))
const lines: string[] = []
const options: BackendsOptions = {
  dir,
  ports: 'free',
  nats_users: {
    order: {
      publish: { allow: ['events.order_created', '$JS.API.INFO'] },
      subscribe: { allow: ['_INBOX.>', 'rpc.order'] },
    },
    'order-history': { publish: { allow: [] }, subscribe: { allow: [] }, allow_responses: { max: 1, expires: '1m' } },
  },
  databases: ['order', 'order-history'],
  report: (line) => lines.push(line),
}

let backends: Backends
before(async () => {
  backends = await startBackends(options)
})
after(async () => {
  await backends.stop({ discard: true })
  rmSync(dir, { recursive: true })
})

/** Runs statements one after the other on a connection of their own; returns the rows of the last. */
async function sql(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

async function redis<T>(use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(backends.redis.url)
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

async function products<T>(use: (mongo: MongoClient) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(backends.mongo.url)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

async function sendLetter(to: string, subject: string): Promise<void> {
  const transport = createTransport(backends.mail.smtp_url)
  try {
    await transport.sendMail({ from: 'shop@example.test', to, subject, text: 'Grüße', html: '<p>Grüße</p>' })
  } finally {
    transport.close()
  }
}

describe('NATS', () => {
  it('gives each user its own rights and nothing else', async () => {
    // All on one node: a subscription takes a moment to be known to the others, and what is published before is not heard.
    const at = async (name: string) =>
      await connect({ ...backends.nats.user(name), servers: backends.nats.urls.slice(0, 1) })
    const [order, history, admin] = await Promise.all([at('order'), at('order-history'), at('admin')])
    try {
      const heard = admin.subscribe('events.order_created', { max: 1 })
      await admin.flush()
      order.publish('events.order_created', 'one')
      for await (const message of heard) assert.equal(message.string(), 'one')

      const denied = async (of: typeof order) => {
        for await (const status of of.status()) {
          if (status.type === 'error') return status.error
        }
        return undefined
      }
      for (const [user, subject] of [
        [order, 'events.order_paid'],
        [history, 'events.order_created'], // an empty list allows nothing
      ] as const) {
        const error = denied(user)
        user.publish(subject, 'no')
        await user.flush()
        assert.ok((await error) instanceof PermissionViolationError, subject)
      }
      await assert.rejects(connect({ ...backends.nats.user('order'), pass: 'wrong' }), /[Aa]uthorization/)
    } finally {
      await Promise.all([order, history, admin].map((connection) => connection.close()))
    }
  })

  it('serves a replicated stream while one node is dead, and takes it back', async () => {
    const connection = await connect(backends.nats.user('admin'))
    try {
      const manager = await jetstreamManager(connection)
      await manager.streams.add({ name: 'KEPT', subjects: ['kept.>'], num_replicas: 3 })
      const publisher = jetstream(connection)
      await publishUntilTaken(() => publisher.publish('kept.before', 'a'))
      const info = await manager.streams.info('KEPT')
      const leader = backends.nats.nodes.find((node) => node.name === info.cluster?.leader)
      assert.ok(leader?.pid)
      const { pid } = leader
      await leader.kill()
      assert.equal(identityOf(pid), undefined)
      assert.equal(leader.pid, undefined)
      await publishUntilTaken(() => publisher.publish('kept.during', 'b', { timeout: 2000 }))
      await leader.start()
      assert.notEqual(leader.pid, pid)
      const after = await manager.streams.info('KEPT')
      assert.equal(after.state.messages, 2)
      assert.equal(after.cluster?.replicas?.length, 2)
    } finally {
      await connection.close()
    }
  })
})

/** A new stream's interest takes a moment to reach every node, and a new leader some seconds to be elected. */
async function publishUntilTaken(publish: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    try {
      await publish()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

describe('PostgreSQL', () => {
  it('lets a service into its own database only', async () => {
    const [row] = await sql(
      backends.postgres.url('order-history'),
      'create table kept (id int)',
      'select current_database() as database, current_user as role',
    )
    assert.deepEqual(row, { database: 'order_history', role: 'order_history' })
    const other = new URL(backends.postgres.url('order'))
    other.pathname = '/order_history'
    await assert.rejects(sql(other.href, 'select 1'), /permission denied for database/)
    const wrong = new URL(backends.postgres.url('order'))
    wrong.password = 'wrong'
    await assert.rejects(sql(wrong.href, 'select 1'), /password authentication failed/)
  })

  it('is durable and roomy', async () => {
    const rows = await sql(
      backends.postgres.admin_url,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'max_connections', 'listen_addresses')`,
    )
    assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
      fsync: 'on',
      synchronous_commit: 'on',
      max_connections: '400',
      listen_addresses: '127.0.0.1',
    })
  })

  it('starts again after SIGKILL with what was committed', async () => {
    const url = backends.postgres.url('order')
    await sql(url, 'create table orders (id int)', 'insert into orders values (7)')
    const { pid } = backends.postgres
    assert.ok(pid)
    await backends.postgres.kill()
    assert.equal(identityOf(pid), undefined)
    await assert.rejects(sql(url, 'select 1'), /ECONNREFUSED/)
    await backends.postgres.start()
    assert.deepEqual(await sql(url, 'select id from orders'), [{ id: 7 }])
  })
})

describe('MongoDB', () => {
  it('keeps documents and says what it really is', async () => {
    await products(async (mongo) => {
      const reviews = mongo.db('review').collection<{ _id: string; sum: number }>('ratings')
      await reviews.insertOne({ _id: 'p1', sum: 4 })
      await reviews.updateOne({ _id: 'p1' }, { $inc: { sum: 5 } })
      assert.deepEqual(await reviews.findOne({ _id: 'p1' }), { _id: 'p1', sum: 9 })
    })
    assert.match(backends.mongo.kind, /^(MongoDB \d|FerretDB 1\.24\.2 .* a stand-in, not MongoDB$)/)
  })
})

describe('Redis', () => {
  it('wants its password', async () => {
    await redis(async (client) => assert.equal(await client.set('session', 'kept'), 'OK'))
    const bare = new Redis({ port: backends.ports.redis, lazyConnect: true, retryStrategy: null })
    bare.on('error', () => {})
    await assert.rejects(bare.get('session'), /NOAUTH/)
    bare.disconnect()
  })
})

describe('mail', () => {
  it('keeps letters, while it runs', async () => {
    await sendLetter('ann@example.test', 'Welcome')
    await sendLetter('bob@example.test', 'Goodbye')
    const [letter, ...more] = await backends.mail.letters({ to: 'Ann@example.test' })
    assert.equal(more.length, 0)
    assert.equal(letter?.subject, 'Welcome')
    assert.deepEqual(letter?.to, ['ann@example.test'])
    assert.equal(letter?.text.trim(), 'Grüße')
    assert.equal(letter?.html.trim(), '<p>Grüße</p>')
    assert.match(letter?.message_id ?? '', /^<.+@.+>$/)
    await backends.mail.stop()
    await assert.rejects(sendLetter('ann@example.test', 'Lost'), /ECONNREFUSED/)
    await backends.mail.start()
    await sendLetter('ann@example.test', 'Again')
    const subjects = (await backends.mail.letters()).map(({ subject }) => subject)
    assert.deepEqual(subjects, ['Again', 'Goodbye', 'Welcome'])
  })
})

describe('external servers', () => {
  it('are used instead of own ones, with databases made there', async () => {
    const other = mkdtempSync(join(tmpdir(), 'external-'))
    const settings: Record<string, string> = { ...backends.environment(), DATABASE_URL: backends.postgres.admin_url }
    Object.assign(process.env, settings)
    try {
      const external = await startBackends({ ...options, dir: other, databases: ['order-archive'] })
      const [row] = await sql(external.postgres.url('order-archive'), 'select current_user as role')
      assert.deepEqual(row, { role: 'order_archive' })
      const connection = await connect(external.nats.user('order'))
      await connection.close()
      const { NATS_URL, REDIS_URL, MONGODB_URL, SMTP_URL } = settings
      const found = external.environment()
      assert.deepEqual(
        { NATS_URL, REDIS_URL, MONGODB_URL, SMTP_URL },
        {
          NATS_URL: found.NATS_URL,
          REDIS_URL: found.REDIS_URL,
          MONGODB_URL: found.MONGODB_URL,
          SMTP_URL: found.SMTP_URL,
        },
      )
      await assert.rejects(
        external.postgres.kill(),
        /Cannot kill postgres: it is an external server, from DATABASE_URL/,
      )
      await external.stop()
      assert.deepEqual(await sql(backends.postgres.admin_url, 'select 1 as one'), [{ one: 1 }], 'it still runs')
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name]
      rmSync(other, { recursive: true })
    }
  })
})

describe('the folder', () => {
  it('is refused to a second start', async () => {
    await assert.rejects(startBackends(options), (error) => {
      assert.ok(error instanceof BackendError)
      assert.match(error.message, new RegExp(`process ${process.pid} runs its backends on it.*Stop that one first`))
      return true
    })
  })

  it('tells of a backend that dies by itself', async () => {
    const { pid } = backends.redis
    assert.ok(pid)
    const told = new Promise<{ name: string; reason: string; last_lines: string[] }>((resolve) =>
      backends.onExit(resolve),
    )
    process.kill(pid, 'SIGKILL')
    const { name, reason, last_lines } = await told
    assert.deepEqual({ name, reason }, { name: 'redis', reason: 'signal SIGKILL' })
    assert.ok(last_lines.length > 0)
    await backends.redis.start()
    await redis(async (client) => assert.equal(await client.ping(), 'PONG'))
  })

  it('keeps all data and secrets over a restart, and nothing runs in between', async () => {
    const { nats, postgres, redis: store, mongo } = backends
    const pids = [...nats.nodes, postgres, store, mongo].map(({ pid }) => pid)
    const before = backends.environment()
    await backends.stop()
    for (const pid of pids) assert.equal(pid === undefined ? undefined : identityOf(pid), undefined)
    backends = await startBackends(options)
    assert.equal(backends.environment().ORDER__NATS_PASSWORD, before.ORDER__NATS_PASSWORD)
    assert.deepEqual(await sql(backends.postgres.url('order'), 'select id from orders'), [{ id: 7 }])
    await redis(async (client) => assert.equal(await client.get('session'), 'kept'))
    await products(async (client) => assert.equal(await client.db('review').collection('ratings').countDocuments(), 1))
    assert.equal((await backends.mail.letters()).length, 3)
    assert.equal((await backends.mail.letters({ to: 'bob@example.test' })).length, 1)
    const connection = await connect(backends.nats.user('admin'))
    try {
      // Until the stream has a leader again nobody answers.
      const { streams } = await jetstreamManager(connection, { timeout: 2000 })
      const kept = () => streams.info('KEPT').then(({ state }) => state.messages)
      await until('the stream is whole', async () => (await kept().catch(() => null)) === 2, 60)
    } finally {
      await connection.close()
    }
  })
})
