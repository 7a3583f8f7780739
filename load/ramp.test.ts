import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Quantiles, StepResult } from './messages.ts'
import { findSustained, isSustained } from './ramp.ts'

const all = (ms: number): Quantiles => ({ p50: ms, p95: ms, p99: ms, max: ms })

const step = (rate: number, { paid_in_time = rate, p99 = 100 } = {}): StepResult => ({
  rate,
  seconds: 1,
  sent: rate,
  accepted: rate,
  paid: rate,
  paid_in_time,
  completed: 0,
  cancelled: 0,
  refused: {},
  post: all(1),
  journey: all(p99),
  accept_to_paid: all(1),
  to_completed: all(Number.POSITIVE_INFINITY),
  stages: {},
  lateness: all(0),
})

test('99 % in time and a p99 below a second are sustained, less is not', () => {
  assert.ok(isSustained(step(1000, { paid_in_time: 990, p99: 999 })))
  assert.ok(!isSustained(step(1000, { paid_in_time: 989 })))
  assert.ok(!isSustained(step(1000, { p99: 1000 })))
  assert.ok(!isSustained(step(1000, { p99: Number.POSITIVE_INFINITY })))
})

/** A system that keeps up to `limit`, and once in between has something else to do. */
const system = (limit: number, hiccupAt?: number) => {
  const tried: number[] = []
  const attempt = async (rate: number) => {
    const hiccup = rate === hiccupAt && !tried.includes(rate)
    tried.push(rate)
    return step(rate, rate > limit || hiccup ? { paid_in_time: 0 } : {})
  }
  return { tried, attempt }
}

test('stops after two failures of a rate and tries the middle', async () => {
  const { tried, attempt } = system(180)
  assert.equal(await findSustained([50, 100, 150, 200, 250], attempt), 175)
  assert.deepEqual(tried, [50, 100, 150, 200, 200, 175])
})

test('one failure is forgiven', async () => {
  assert.equal(await findSustained([50, 100, 150], system(1000, 100).attempt), 150)
})

test('the last good rate stands when the middle fails, and none is 0', async () => {
  assert.equal(await findSustained([100, 200], system(120).attempt), 100)
  assert.equal(await findSustained([100, 200], system(50).attempt), 0)
})
