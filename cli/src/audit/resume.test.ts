// dfctl audit replay resume on a running system: what was killed on its way into a stream arrives whole, each record once.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { it } from 'node:test'
import { storedFrom } from '@deliveryflow/kit/messaging/direct'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { customer, until } from '../../../tests/client.ts'
import { testSystem } from '../../../tests/harness.ts'
import { main, dfctl as run } from '../testing.ts'

it('goes on where it was killed, once; at its end there is nothing to resume', async () => {
  const system = await testSystem()
  await Promise.all(Array.from({ length: 60 }, () => customer(system.url)))
  const dfctl = (...words: string[]) => run(['audit', 'replay', ...words, '--local-folder', system.dir ?? ''])
  const connection = await connect(system.nats)
  const { streams } = await jetstreamManager(connection)
  const name = `resumed-${process.pid}`
  try {
    const words = ['--to', `stream=${name}`, '--type', 'user_registered', '--rate', '10', '--reason', 'to be killed']
    const child = spawn(process.execPath, [main, 'audit', 'replay', ...words, '--local-folder', system.dir ?? ''], {
      env: { ...process.env, FORCE_COLOR: '0', NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const arrived = async () => (await streams.info(name).catch(() => null))?.state.messages ?? 0
    await until('some of it has arrived', async () => (await arrived()) > 5, 30)
    child.kill('SIGKILL')
    await once(child, 'close')
    const job = /dfctl audit replay resume (\S+)/.exec(said)?.[1] ?? ''
    const before = await arrived()

    let resumed = await dfctl('resume', job, '-o', 'json', '--timeout', '2m')
    await until('what it is is in the history', async () => {
      if (resumed.code !== 0) resumed = await dfctl('resume', job, '-o', 'json', '--timeout', '2m')
      return resumed.code === 0
    })
    const { records } = JSON.parse(resumed.stdout)
    assert.ok(records >= 50, `${records} after ${before}`)
    const places: number[] = []
    for await (const { header } of storedFrom(jetstream(connection), name, 1))
      places.push(Number(header.get('df-replay-sequence')))
    assert.equal(places.length, before + records)
    assert.deepEqual(
      places,
      [...new Set(places)].sort((a, b) => a - b),
    )
    const again = await dfctl('resume', job)
    assert.equal(again.code, 5)
    assert.match(again.stderr, /nothing to resume.*\n.*all \d+ records are in/)
    assert.equal((await dfctl('resume', '00000000-0000-7000-8000-000000000000')).code, 4)
  } finally {
    await streams.delete(name).catch(() => undefined)
    await connection.close()
  }
})
