import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { HistoryVerification } from '../../generated/api.ts'
import { verdictOf } from './verdict.ts'

const part = (
  first: number | null,
  last: number | null,
  rest: Partial<HistoryVerification> = {},
): HistoryVerification => ({
  ...{ first, last, end: 120, records: first && last ? last - first + 1 : 0, unproved: 0, unsealed: 0, checkpoints: 1 },
  ...{ link: `after ${last}`, keys: ['a'], findings: [], more: 0, next_cursor: 'on' },
  ...rest,
})

it('adds the parts up, and says how far of how much they are', () => {
  const changed = { sequence: 15, what: 'changed', detail: '' } as const
  const parts = [
    part(11, 50, { findings: [changed], more: 1, unsealed: 3 }),
    part(51, 90, { keys: ['a', 'b'], unsealed: 7 }),
  ]
  assert.deepEqual(verdictOf(parts), {
    ...{ done: 80, all: 110, records: 80, checkpoints: 2, unproved: 0, unsealed: 7 },
    ...{ findings: [changed], more: 1, link: 'after 90', keys: ['a', 'b'] },
  })
})

it('is done with the last part, whether or not that holds records', () => {
  const { done, all } = verdictOf([part(11, 120), part(null, null, { next_cursor: null })])
  assert.deepEqual([done, all], [110, 110])
})

it('an empty history is done at once', () => {
  const { done, all, records } = verdictOf([part(null, null, { end: 0, next_cursor: null })])
  assert.deepEqual([done, all, records], [0, 0, 0])
})
