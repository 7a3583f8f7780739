import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Message } from './envelope.ts'
import { layersOf } from './layers.ts'

const message = (type: string, aggregate: string): Message => ({
  id: `${type}-${aggregate}`,
  type,
  aggregate,
  source: 'test',
  subject: `events.${type}`,
  correlation_id: aggregate,
  causation_id: null,
  time: new Date(0),
  data: {},
  replayed: false,
  attempt: 1,
  sequence: 1,
})
const shown = (groups: Message[][]) => groups.map((group) => group.map(({ id }) => id).join(' '))

describe('layersOf', () => {
  it('makes one group of each type when the aggregates differ', () => {
    const batch = [message('a', '1'), message('b', '2'), message('a', '3')]
    assert.deepEqual(shown(layersOf(batch)), ['a-1 a-3', 'b-2'])
  })

  it('keeps the order within an aggregate across types', () => {
    const batch = [message('a', '1'), message('b', '1'), message('a', '1'), message('b', '2')]
    assert.deepEqual(shown(layersOf(batch)), ['a-1', 'b-2', 'b-1', 'a-1'])
  })

  it('keeps two messages of one type of an aggregate in their order, in one group', () => {
    const batch = [message('a', '1'), message('a', '1')]
    assert.equal(layersOf(batch).length, 1)
  })

  it('keeps types of one kind in one group, in the order of the batch', () => {
    const batch = [message('a', '1'), message('b', '1'), message('c', '1'), message('a', '1'), message('b', '2')]
    const groups = layersOf(batch, ({ type }) => (type === 'c' ? 'c' : 'a or b'))
    assert.deepEqual(shown(groups), ['a-1 b-1 b-2', 'c-1', 'a-1'])
  })
})
