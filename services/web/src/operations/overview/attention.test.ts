import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Service, Stream, StreamConsumer } from '../../generated/api.ts'
import { attentionOf, judgeErrors, judgeLatency } from './attention.ts'

const service = (name: string, counts?: { requests: number; errors: number; average_ms: number }): Service => ({
  ...{ name, about: '' },
  instances: counts ? [{ id: name, version: '1', started_at: '', endpoints: [], ...counts }] : [],
})
const idle = { requests: 0, errors: 0, average_ms: 0 }
const consumer = (name: string, pending: number | null): StreamConsumer => ({
  ...{ name, samples: [], problem: pending === null ? 'no leader' : null },
  state:
    pending === null
      ? null
      : { pending, ack_pending: 0, redelivered: 0, acknowledged_sequence: 0, last_active: null, leader: null },
})
const stream = (name: string, messages: number, consumers: StreamConsumer[] = [], replicas_current = 3): Stream => ({
  ...{ name, about: null, problem: null, consumers },
  state: {
    ...{ messages, bytes: 0, first_sequence: 0, first_time: null, last_sequence: 0, last_time: null },
    ...{ replicas: 3, replicas_current, leader: null },
  },
})

it('a system at rest needs nobody', () => {
  const services = [{ at: 0, items: [service('order', idle)] }]
  const streams = [stream('EVENTS', 500, [consumer('order', 1000)]), stream('DLQ', 0)]
  assert.deepEqual(attentionOf({ services, streams, stuck: { count: 0, more: false } }), [])
  assert.deepEqual(attentionOf({}), [])
})

it('what is bad stands first, each with what is needed to find it', () => {
  const services = [{ at: 0, items: [service('order', idle), service('payment')] }]
  const streams = [
    stream('EVENTS', 500, [consumer('order', 1001), consumer('payment', 1), consumer('saga', null)], 2),
    stream('DLQ', 7),
  ]
  assert.deepEqual(attentionOf({ services, streams, stuck: { count: 20, more: true } }), [
    { judgement: 'bad', kind: 'no_instance', service: 'payment' },
    { judgement: 'bad', kind: 'stuck', count: 20, more: true },
    { judgement: 'bad', kind: 'lag', stream: 'EVENTS', consumer: 'payment', count: 1 },
    { judgement: 'bad', kind: 'consumer_unread', stream: 'EVENTS', consumer: 'saga', why: 'no leader' },
    { judgement: 'doubtful', kind: 'replicas', stream: 'EVENTS', current: 2, all: 3 },
    { judgement: 'doubtful', kind: 'lag', stream: 'EVENTS', consumer: 'order', count: 1001 },
    { judgement: 'doubtful', kind: 'letters', count: 7 },
  ])
})

it('calls are judged by what happened lately, once that is known', () => {
  const failing = { requests: 100, errors: 10, average_ms: 2000 }
  const kinds = (...items: Service[]) =>
    attentionOf({ services: items.map((item, at) => ({ at, items: [item] })) }).map(({ kind }) => kind)
  assert.deepEqual(kinds(service('order', failing)), ['errors', 'slow'])
  // The failures lie in the past: nothing was added since.
  assert.deepEqual(kinds(service('order', failing), service('order', failing)), [])
})

it('a single failure is doubtful at most', () => {
  const work = (requests: number, errors: number, average_ms: number | null = null) => ({
    ...{ requests, errors, average_ms, per_second: null },
  })
  assert.deepEqual([work(2, 1), work(1000, 1), work(20, 5), work(0, 0)].map(judgeErrors), [
    'doubtful',
    'good',
    'bad',
    'good',
  ])
  assert.deepEqual(
    [null, 249, 250, 1000].map((average_ms) => judgeLatency(work(1, 0, average_ms))),
    ['good', 'good', 'doubtful', 'bad'],
  )
})
