import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantilesOf } from './quantiles.ts'

test('each quantile is an observation, the smallest with that share at or below it', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  assert.deepEqual(quantilesOf(hundred), { p50: 50, p95: 95, p99: 99, max: 100 })
  assert.deepEqual(quantilesOf([7]), { p50: 7, p95: 7, p99: 7, max: 7 })
})

test('what never happened counts as longer than all that did', () => {
  const values = [...Array.from({ length: 98 }, () => 5), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  assert.deepEqual(quantilesOf(values), {
    p50: 5,
    p95: 5,
    p99: Number.POSITIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
  })
})

test('no observations have no quantiles', () => {
  assert.ok(Number.isNaN(quantilesOf([]).p50))
})
