// The logs of a local run as files: whole, as they grow, and when one begins anew.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { followFiles, logFiles, openLog } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'dfctl-logs-'))
const logs = join(folder, 'logs')
mkdirSync(logs)
after(() => rmSync(folder, { recursive: true }))

const line = (second: number, msg: string) =>
  `${JSON.stringify({ level: 'info', time: `2026-11-21T12:00:${String(second).padStart(2, '0')}.000Z`, service: 'saga', msg })}\n`

test('a log is read whole, in order of time, and then on from there', async () => {
  const path = join(logs, 'services.log')
  writeFileSync(path, line(2, 'second') + line(1, 'first'))
  const log = openLog(folder, 'services.log')
  assert.deepEqual(
    (await log.next()).map(({ message }) => message),
    ['first', 'second'],
  )
  assert.deepEqual(await log.next(), [])
  // A line may come in pieces, even in the middle of a character.
  const bytes = Buffer.from(line(3, 'третья'))
  const middle = bytes.indexOf('т') + 1
  appendFileSync(path, bytes.subarray(0, middle))
  assert.deepEqual(await log.next(), [])
  appendFileSync(path, bytes.subarray(middle))
  assert.deepEqual(
    (await log.next()).map(({ message }) => message),
    ['третья'],
  )
  writeFileSync(path, line(4, 'anew'))
  assert.deepEqual(
    (await log.next()).map(({ message }) => message),
    ['anew'],
  )
})

test('what has no time of its own goes with the line before it', async () => {
  writeFileSync(join(logs, 'nats-2.log'), '[1] 2026/11/21 12:00:05.000000 [ERR] it broke\ngoroutine 1\n')
  const [error, stack] = await openLog(folder, 'nats-2.log').next()
  assert.deepEqual([error?.service, error?.pod, error?.level], ['nats', 'nats-2', 'error'])
  assert.equal(stack?.key, error?.key)
})

test('while following, a file that comes later is read too', async () => {
  const stop = new AbortController()
  const seen: string[] = []
  const following = followFiles(folder, new Map(), stop.signal, ({ message }) => seen.push(message))
  await sleep(100)
  writeFileSync(join(logs, 'order.log'), line(9, 'a new file'))
  await sleep(800)
  stop.abort()
  await following
  assert.ok(seen.includes('a new file'))
  assert.equal(seen.filter((message) => message === 'anew').length, 1)
})

test('no folder is a clear failure', async () => {
  await assert.rejects(
    logFiles(join(folder, 'nowhere')),
    (error) => error instanceof Failure && error.kind === 'not_found',
  )
})
