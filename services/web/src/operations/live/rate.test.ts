import assert from 'node:assert/strict'
import { it } from 'node:test'
import { rateCounter } from './rate.ts'

it('counts the events of the last seconds', () => {
  const rate = rateCounter(0)
  for (let at = 0; at <= 20_000; at += 50) rate.count(10, at)
  assert.equal(rate.perSecond(20_000), 200)
  // Half of the window was silent.
  assert.equal(rate.perSecond(22_500), 100)
  assert.equal(rate.perSecond(30_000), 0)
})

it('does not take the time before its start for silence, nor its first moments for a flood', () => {
  const rate = rateCounter(1000)
  rate.count(4, 1001)
  assert.equal(rate.perSecond(1010), 4)
  assert.equal(rate.perSecond(3000), 2)
})
