import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Service, Stream } from '../../generated/api.ts'
import { workerGroups } from './groups.ts'

const service = (name: string, instances: number): Service => ({
  ...{ name, about: '' },
  instances: Array.from({ length: instances }, (_, n) => ({
    ...{ id: `${name}-${n}`, version: '1', started_at: '', endpoints: [] },
    ...{ requests: null, errors: null, average_ms: null },
  })),
})
const stream = (name: string, waiting: Record<string, number>): Stream => ({
  ...{ name, about: null, problem: null, state: null },
  consumers: Object.entries(waiting).map(([consumer, pending]) => ({
    ...{ name: consumer, problem: null, samples: [] },
    state: { pending, ack_pending: 1, redelivered: 0, acknowledged_sequence: 0, last_active: null, leader: null },
  })),
})

it('instances share what waits for the consumers of their service; those with most stand first', () => {
  const streams = [stream('EVENTS', { order: 1, payment: 4 }), stream('COMMANDS', { payment: 5 })]
  assert.deepEqual(workerGroups([service('order', 1), service('payment', 2), service('identity', 1)], streams), [
    { service: 'payment', hears: ['EVENTS', 'COMMANDS'], instances: 2, waiting: 11, command: 'dfctl scale payment=3' },
    { service: 'order', hears: ['EVENTS'], instances: 1, waiting: 2, command: 'dfctl scale order=2' },
  ])
})
