import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Caused, causationOf, type Node } from './causation.ts'

/** `at`: milliseconds since the beginning. */
const event = (event_id: string | null, causation_id: string | null, at: number, sequence = at): Caused => ({
  ...{ event_id, causation_id, sequence },
  time: new Date(at).toISOString(),
})

/** The trees as nested names. */
const shape = (nodes: readonly Node<Caused>[]): unknown[] =>
  nodes.map(({ event: { event_id }, effects }) => (effects.length === 0 ? event_id : [event_id, ...shape(effects)]))

it('each event stands beneath its cause, in the order of time, with what it took', () => {
  const nodes = causationOf([
    event('paid', 'captured', 40),
    event('created', null, 0),
    event('captured', 'reserved', 30),
    event('assigned', 'captured', 35),
    event('reserved', 'created', 10),
  ])
  assert.deepEqual(shape(nodes), [['created', ['reserved', ['captured', 'assigned', 'paid']]]])
  assert.deepEqual([nodes[0]?.after_ms, nodes[0]?.effects[0]?.after_ms, nodes[0]?.is_orphan], [null, 10, false])
})

it('an event whose cause is not among them is a root that says so', () => {
  const nodes = causationOf([event('created', null, 0), event('released', 'a command', 20)])
  assert.deepEqual(
    nodes.map(({ is_orphan, after_ms }) => [is_orphan, after_ms]),
    [
      [false, null],
      [true, null],
    ],
  )
})

it('the place in the history decides between events of one millisecond; an effect may seem to be before its cause', () => {
  const nodes = causationOf([event('b', 'root', 5, 3), event('a', 'root', 5, 2), event('root', null, 6, 1)])
  assert.deepEqual(shape(nodes), [['root', 'a', 'b']])
  assert.equal(nodes[0]?.effects[0]?.after_ms, -1)
})

it('circles, events that are their own cause, doubled ids and those without one lose no event', () => {
  assert.deepEqual(shape(causationOf([event('a', 'b', 1), event('b', 'a', 2)])), [['a', 'b']])
  assert.deepEqual(shape(causationOf([event('self', 'self', 1)])), ['self'])
  assert.deepEqual(shape(causationOf([event('a', null, 1), event('a', null, 2), event('b', 'a', 3)])), [
    ['a', 'b'],
    'a',
  ])
  assert.deepEqual(shape(causationOf([event(null, null, 1), event(null, null, 2)])), [null, null])
})

it('a long chain is no deeper than the stack allows', () => {
  const chain = Array.from({ length: 500 }, (_, n) => event(`${n}`, n === 0 ? null : `${n - 1}`, n))
  assert.equal(JSON.stringify(shape(causationOf(chain))).length > 500, true)
})
