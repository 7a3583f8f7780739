// The loop beneath all background work.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { repeat } from './repeat.ts'

it('passes again and again, one at a time, after the pause that the last one asked for', async () => {
  const begun: number[] = []
  let inHand = 0
  const done = Promise.withResolvers<void>()
  const repeated = repeat(0, async () => {
    assert.equal(++inHand, 1)
    begun.push(performance.now())
    await sleep(5)
    inHand--
    if (begun.length === 3) done.resolve()
    return begun.length === 1 ? 0 : 40
  })
  await done.promise
  await repeated.stop()
  const [, second = 0, third = 0] = begun
  assert.ok(third - second >= 40, 'it paused as long as the second pass asked for')
})

it('does not begin when it is stopped before its first pass', async () => {
  let passes = 0
  const repeated = repeat(60_000, async () => ++passes)
  await repeated.stop()
  assert.equal(passes, 0)
})

it('tells the pass in hand that it is stopped, and waits for it', async () => {
  const begun = Promise.withResolvers<void>()
  let ended = false
  const repeated = repeat(0, async (stopped) => {
    begun.resolve()
    await new Promise((resolve) => stopped.addEventListener('abort', resolve))
    await sleep(20)
    ended = true
    return 0
  })
  await begun.promise
  await repeated.stop()
  assert.ok(ended)
})
