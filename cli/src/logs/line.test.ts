// Lines as their writers write them, and the order into which they are brought.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { byKey, keyOf, type LogLine, lineOf } from './line.ts'
import { merged, reordered } from './merge.ts'
import { isAbout } from './order.ts'
import { lineJson, lineText } from './render.ts'

const from = { service: 'x', pod: 'x-0', container: 'x' }
const seen = (raw: string) => {
  const { key, service, level, message, fields } = lineOf(raw, from)
  return { key, service, level, message, fields }
}

describe('a line is read as its writer meant it', () => {
  it('of a service', () => {
    assert.deepEqual(
      seen(
        '{"level":"warn","time":"2026-11-21T13:38:35.571Z","service":"saga","late":2,"msg":"deadlines have passed"}',
      ),
      {
        key: '2026-11-21T13:38:35.571000000',
        service: 'saga',
        level: 'warn',
        message: 'deadlines have passed',
        fields: { late: 2 },
      },
    )
  })

  it('of NATS, with its own time and without', () => {
    const message = 'Starting nats-server'
    assert.deepEqual(seen('[4687] 2026/11/21 13:38:27.498256 [INF] Starting nats-server'), {
      key: '2026-11-21T13:38:27.498256000',
      service: 'x',
      level: 'info',
      message,
      fields: {},
    })
    assert.equal(seen('[1] [WRN] Waiting for routing').level, 'warn')
    assert.equal(seen('[1] [WRN] Waiting for routing').key, '')
  })

  it('of PostgreSQL, Redis and MongoDB', () => {
    const postgres = seen('2026-11-21 13:38:30.171 UTC [5589] FATAL:  password authentication failed')
    assert.deepEqual(
      [postgres.key, postgres.level, postgres.message],
      ['2026-11-21T13:38:30.171000000', 'fatal', 'password authentication failed'],
    )
    const redis = seen('4684:M 21 Nov 2026 13:38:27.472 # Out of memory')
    assert.deepEqual(
      [redis.key, redis.level, redis.message],
      ['2026-11-21T13:38:27.472000000', 'warn', 'Out of memory'],
    )
    const mongo = seen(
      '{"t":{"$date":"2026-11-21T13:38:27.472+00:00"},"s":"E","c":"STORAGE","id":1,"ctx":"main","msg":"Failed","attr":{"code":8}}',
    )
    assert.deepEqual(
      [mongo.key, mongo.level, mongo.message, mongo.fields],
      ['2026-11-21T13:38:27.472000000', 'error', 'Failed', { component: 'STORAGE', code: 8 }],
    )
    const go = seen('2026/11/21 14:08:19 WARN Connection stopped name=listener')
    assert.deepEqual([go.key, go.level], ['2026-11-21T14:08:19.000000000', 'warn'])
    const ferret = seen('time=2026-11-21T13:54:28.092Z level=WARN msg="Response \\"x\\"" name=listener')
    assert.deepEqual([ferret.level, ferret.message, ferret.fields], ['warn', 'Response "x"', { name: 'listener' }])
  })

  it('whatever it is: nothing is lost and nothing throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (raw) => {
        const line = lineOf(raw, from)
        assert.equal(line.raw, raw)
        assert.doesNotThrow(() => JSON.parse(lineJson(line)))
        assert.equal(typeof lineText(line, true), 'string')
      }),
    )
  })
})

describe('times', () => {
  it('compare as text in the order of time, however many digits they have', () => {
    const stamps = [
      '2026-11-21T13:38:35Z',
      '2026-11-21T13:38:35.07Z',
      '2026-11-21T13:38:35.071Z',
      '2026-11-21T13:38:35.071000001Z',
    ]
    const keys = stamps.map(keyOf)
    assert.deepEqual(keys, keys.toSorted())
    assert.equal(new Set(keys).size, 4)
  })
})

const line = (key: string, pod = 'a'): LogLine => ({ ...lineOf('text', { ...from, pod }), key })

describe('logs are merged', () => {
  it('into one order with every line of each', async () => {
    const keys = fc.array(fc.integer({ min: 100, max: 999 }).map(String), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(fc.array(keys, { maxLength: 6 }), async (logs) => {
        const sources = logs.map(async function* (log, index) {
          for (const key of log.toSorted()) yield line(key, String(index))
        })
        const got: LogLine[] = []
        for await (const line of merged(sources)) got.push(line)
        assert.deepEqual(
          got.map(({ key }) => key),
          logs.flat().toSorted(),
        )
      }),
    )
  })

  it('while they grow: what arrives late within the wait is put in its place', async () => {
    const got: string[] = []
    const order = reordered(100, ({ key }) => got.push(key))
    order.push(line('2'))
    await sleep(20)
    order.push(line('1'))
    await sleep(300)
    assert.deepEqual(got, ['1', '2'])
    order.push(line('4'))
    order.push(line('3'))
    order.end()
    assert.deepEqual(got, ['1', '2', '3', '4'])
    assert.equal([line('4'), line('3')].sort(byKey)[0]?.key, '3')
  })
})

describe('lines about an order', () => {
  const about = isAbout({ words: ['order-1', 'trace-1'], sequences: new Set([7]), since: null })
  const of = (fields: object) => about(lineOf(JSON.stringify({ msg: 'm', ...fields }), from))

  it('carry its id, its trace, or the place of one of its events', () => {
    assert.equal(of({ letter_key: 'order_paid:order-1' }), true)
    assert.equal(of({ trace_id: 'trace-1' }), true)
    assert.equal(of({ subject: 'events.order_paid', sequence: 7 }), true)
  })

  it('and no others: another place, or the same number in another stream', () => {
    assert.equal(of({ order_id: 'order-2' }), false)
    assert.equal(of({ subject: 'events.order_paid', sequence: 8 }), false)
    assert.equal(of({ subject: 'commands.order.cancel', sequence: 7 }), false)
  })
})
