import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schedule, speed } from './pace.ts'

const due = (pace: Partial<Parameters<typeof schedule>[0]>, ...times: number[]) => {
  const at = schedule({ factor: 1, max_gap_ms: Number.POSITIVE_INFINITY, rate: Number.POSITIVE_INFINITY, ...pace })
  return times.map((time) => at(new Date(time)))
}

test('records are due as they happened, or so many times faster', () => {
  assert.deepEqual(due({}, 1000, 1500, 4500), [0, 500, 3500])
  assert.deepEqual(due({ factor: speed('10x') }, 1000, 1500, 4500), [0, 50, 350])
  assert.deepEqual(due({ factor: speed('instant') }, 1000, 1500, 4500), [0, 0, 0])
})

test('a long pause is cut, and one that happened before another does not turn back the clock', () => {
  assert.deepEqual(due({ max_gap_ms: 200 }, 0, 10_000, 10_050), [0, 200, 250])
  assert.deepEqual(due({}, 1000, 900, 1100), [0, 0, 200])
})

test('a rate holds them back', () => {
  assert.deepEqual(due({ factor: speed('instant'), rate: 4 }, 0, 0, 0), [0, 250, 500])
})

test('a speed that is none is refused', () => {
  for (const text of ['', '0x', 'fast', '-1x', '10']) assert.throws(() => speed(text), /instant, original/)
})
