import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Cause, graphText } from './graph.ts'

const cause = (sequence: number | null, id: string, causation_id: string | null, ms: number): Cause => ({
  sequence,
  id,
  causation_id,
  name: id,
  service: 'order',
  at: new Date(ms),
})

test('what happened hangs under what caused it, in the order of time', () => {
  const text = graphText([
    cause(3, 'order_paid', 'payment_captured', 30),
    cause(1, 'order_created', null, 0),
    cause(null, 'inventory.reserve', 'order_created', 5),
    cause(2, 'payment_captured', 'inventory.reserve', 25),
    cause(4, 'courier_came', 'unknown', 40),
  ])
  assert.equal(
    text,
    [
      'order_created  order  1970-01-01 00:00:00.000  #1',
      '└─ command inventory.reserve  order  +5 ms',
      '   └─ payment_captured  order  +20 ms  #2',
      '      └─ order_paid  order  +5 ms  #3',
      'courier_came  order  1970-01-01 00:00:00.040  #4',
    ].join('\n'),
  )
})

test('two that name each other are told all the same, each once', () => {
  const lines = graphText([cause(1, 'a', 'b', 0), cause(2, 'b', 'a', 1), cause(3, 'c', 'c', 2)]).split('\n')
  assert.deepEqual(
    lines.map((line) => line.replace(/ .*/, '')),
    ['c', 'a', '└─'],
  )
})
