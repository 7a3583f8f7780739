// Streams and consumers are made on a real cluster, also on one of which a server is still to come.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { streams } from '@deliveryflow/contracts'
import { type Backends, startBackends } from '@deliveryflow/local/backends'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { provision } from './provision.ts'

describe('streams and consumers', () => {
  const dir = mkdtempSync(join(tmpdir(), 'provision-'))
  let backends: Backends
  let connection: NatsConnection
  before(async () => {
    backends = await startBackends({ dir, ports: 'free', nats_users: {}, databases: [], report: () => undefined })
    // Nobody remembers the third server now: no stream of three can be placed until it is heard of.
    const [first, second, third] = backends.nats.nodes
    await third?.stop()
    await Promise.all([first?.stop(), second?.stop()])
    await Promise.all([first?.start(), second?.start()])
    connection = await connect(backends.nats.user('admin'))
  })
  after(async () => {
    await connection?.close()
    await backends?.stop({ discard: true })
    rmSync(dir, { recursive: true, force: true })
  })

  it('are refused by name where patience ends before there are servers enough', async () => {
    const patience = { wait_ms: 1000, report: () => undefined }
    await assert.rejects(
      provision(connection, 3, { patience }),
      /^Error: room for [A-Z]+ after 1 s .*no suitable peers/,
    )
  })

  it('wait for a server that is still to come, and say so once', async () => {
    const third = backends.nats.nodes[2]
    const told: string[] = []
    let comes: Promise<void> | undefined
    const report = (line: string) => {
      told.push(line)
      comes ??= third?.start()
    }
    const made = await provision(connection, 3, { patience: { wait_ms: 60_000, report } })
    await comes
    assert.deepEqual(new Set(made.map(({ change }) => change)), new Set(['created']))
    assert.deepEqual(
      told.map((line) => /^waiting for room for ([A-Z]+): no suitable peers/.exec(line)?.[1]).sort(),
      streams.map(({ name }) => name).sort(),
    )
  })

  it('are left alone when they are as they should be', async () => {
    const again = await provision(connection, 3)
    assert.deepEqual(new Set(again.map(({ change }) => change)), new Set(['unchanged']))
  })
})
