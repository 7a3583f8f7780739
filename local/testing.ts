// Real backends for tests: those of the test run when there are some, else a set of its own for the test file.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type DataOf, type MessageContract, natsPermissions, type StreamName } from '@deliveryflow/contracts'
import { type Message, newId } from '@deliveryflow/kit'
import { browse } from '@deliveryflow/kit/messaging/browse'
import { provision } from '@deliveryflow/kit/messaging/provision'
import { AckPolicy, type JetStreamClient, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'
import { startBackends } from './backends.ts'
import { describeBackends, handedBackends, type TestBackends } from './test-environment.ts'

/** The backends of this test run; started on free ports, and stopped after the file, when nobody did it before. */
export const testBackends = async (): Promise<TestBackends> => handedBackends() ?? ownBackends()

/** Backends of this test file alone, on which no service runs. */
export const ownBackends = (): Promise<TestBackends> => {
  opened ??= open()
  return opened
}
let opened: Promise<TestBackends> | undefined
let stop: () => Promise<void> = async () => undefined

// At the root of the file: a hook registered from within a suite would run at that suite's end.
after(() => stop())

const open = async (): Promise<TestBackends> => {
  const dir = mkdtempSync(join(tmpdir(), 'deliveryflow-test-'))
  const backends = await startBackends({
    dir,
    ports: 'free',
    nats_users: natsPermissions(),
    databases: [],
    report: () => undefined,
  })
  stop = async () => {
    await backends.stop({ discard: true })
    rmSync(dir, { recursive: true, force: true })
  }
  const found = describeBackends(backends)
  const connection = await connect({
    servers: found.nats_url.split(','),
    user: 'admin',
    pass: found.nats_admin_password,
  })
  await provision(connection, 3)
  await connection.close()
  return found
}

/** A database of one test file. `noMigrations`: an empty folder, for a database with nothing but the kit's tables. */
export type ScratchDatabase = { url: string; noMigrations: string; drop(): Promise<void> }

/** Makes an empty database. */
export const scratchDatabase = async (): Promise<ScratchDatabase> => {
  const { postgres_admin_url } = await testBackends()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(postgres_admin_url, `create database ${name}`)
  const url = new URL(postgres_admin_url)
  url.pathname = `/${name}`
  const noMigrations = mkdtempSync(join(tmpdir(), 'no-migrations-'))
  return {
    url: url.href,
    noMigrations,
    drop: async () => {
      rmSync(noMigrations, { recursive: true })
      await asAdmin(postgres_admin_url, `drop database ${name} with (force)`)
    },
  }
}

const asAdmin = async (url: string, statement: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

/** A stream of one test with `<prefix>.*` as its subjects, and what a test wants to know of it. */
export type ScratchStream = {
  readonly name: StreamName
  readonly prefix: string
  readonly js: JetStreamClient
  addConsumer(durable: string): Promise<void>
  /** The data of every message, in order. */
  messages<T>(): Promise<T[]>
  /** How many messages a consumer has not settled. */
  unsettled(durable: string): Promise<number>
  deadLetters(): Promise<{ headers: Record<string, string>; data: unknown }[]>
  drop(): Promise<void>
}

/** Makes a stream as the contracts' are: three replicas on file, atomic batches allowed. */
export const scratchStream = async (): Promise<ScratchStream> => {
  const { nats_url, nats_admin_password } = await testBackends()
  const connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
  const prefix = `t${randomUUID().slice(0, 8)}`
  // The kit names streams by their contract; a test's own stream has a name outside of that list.
  const name = prefix.toUpperCase() as StreamName
  const [js, manager] = [jetstream(connection), await jetstreamManager(connection)]
  await manager.streams.add({
    name,
    subjects: [`${prefix}.*`],
    storage: StorageType.File,
    num_replicas: 3,
    allow_atomic: true,
    allow_direct: true,
  })
  return {
    name,
    prefix,
    js,
    addConsumer: async (durable) => {
      await manager.consumers.add(name, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        max_ack_pending: 2000,
        mem_storage: true,
      })
    },
    messages: async <T>() => (await read(js, name)).map(({ data }) => data as T),
    unsettled: async (durable) => {
      const { state } = await manager.streams.info(name)
      const { ack_floor } = await manager.consumers.info(name, durable)
      return state.last_seq - ack_floor.stream_seq
    },
    deadLetters: () => read(js, 'DLQ', { filter_subjects: `dlq.test.${name.toLowerCase()}` }),
    drop: async () => {
      await manager.streams.delete(name)
      await connection.close()
    },
  }
}

const read = async (js: JetStreamClient, stream: string, which = {}) => {
  const found: { headers: Record<string, string>; data: unknown }[] = []
  for await (const message of browse(js, stream, which)) {
    const headers = Object.fromEntries([...(message.headers ?? [])].map(([key, values]) => [key, values[0] ?? '']))
    const text = message.string()
    found.push({ headers, data: /^[[{]/.test(text) ? JSON.parse(text) : text })
  }
  return found
}

/** A message about an order as a handler is given it, delivered for the first time just now. */
export const received = <M extends MessageContract>(contract: M, data: DataOf<M> & { order_id: string }): Message => ({
  id: newId(),
  type: contract.type,
  source: 'test',
  subject: contract.subject,
  aggregate: data.order_id,
  correlation_id: data.order_id,
  causation_id: null,
  time: new Date(),
  data,
  replayed: false,
  attempt: 1,
  sequence: 1,
})
