// What dfctl autoscale decides, and what it never does, whatever it sees.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Decision, decide, type Memory, nothingSeen, type Policy } from './decide.ts'

const policy: Policy = { min: 1, max: 8, lag: 50, down_after_ms: 60_000, cooldown_ms: 10_000 }

/** Decides every `tick` ms for lags that follow each other; each decision is carried out at once. */
const run = (given: Policy, lags: readonly (number | null)[], from: number, tick = 5000) => {
  let replicas = from
  let memory: Memory = nothingSeen
  return lags.map((lag, index) => {
    const decision = decide(given, { at: index * tick, replicas, lag }, memory)
    const before = replicas
    replicas = decision.replicas
    memory = decision.memory
    return { ...decision, before, at: index * tick, lag }
  })
}

const numbers = (decisions: readonly Decision[]) => decisions.map(({ replicas }) => replicas)

describe('autoscaling', () => {
  it('grows at once, pauses, and grows on', () => {
    assert.deepEqual(numbers(run(policy, [1000, 1000, 1000, 1000], 1)), [5, 5, 8, 8])
  })

  it('gives back only when less was enough for the whole window', () => {
    const seen = numbers(run(policy, [390, ...Array(20).fill(0)], 4, 5000))
    assert.deepEqual(seen.slice(0, 12), Array(12).fill(8))
    assert.equal(seen[12], 1)
  })

  it('does not give back what it has not seen a window of', () => {
    assert.equal(numbers(run(policy, [0, 0, 0], 5)).at(-1), 5)
  })

  it('leaves what is stopped, what cannot be read, and what is nearly right', () => {
    assert.deepEqual(numbers(run(policy, [1000, 1000], 0)), [0, 0])
    assert.deepEqual(numbers(run(policy, [null, null], 3)), [3, 3])
    assert.deepEqual(numbers(run(policy, [109, 95], 2)), [2, 2])
  })

  it('brings what is out of bounds back into them', () => {
    assert.deepEqual(numbers(run({ ...policy, min: 2 }, [null], 1)), [2])
    assert.deepEqual(numbers(run(policy, [null], 20)), [8])
  })
})

const policies = fc
  .record({
    min: fc.integer({ min: 1, max: 10 }),
    more: fc.integer({ min: 0, max: 20 }),
    lag: fc.integer({ min: 1, max: 500 }),
    down_after_ms: fc.integer({ min: 0, max: 120_000 }),
    cooldown_ms: fc.integer({ min: 0, max: 60_000 }),
  })
  .map(({ more, ...rest }): Policy => ({ ...rest, max: rest.min + more }))
const lag = fc.integer({ min: 0, max: 20_000 })

describe('whatever it sees', () => {
  it('stays within the bounds, rests after a change, and never gives back what the window needed', () => {
    fc.assert(
      fc.property(
        policies,
        fc.array(fc.option(lag), { maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (given, lags, from) => {
          const decisions = run(given, lags, from)
          let changed = Number.NEGATIVE_INFINITY
          for (const { before, replicas, at, memory } of decisions) {
            assert.ok(replicas >= given.min && replicas <= given.max)
            if (replicas === before) continue
            const wasWithin = before >= given.min && before <= given.max
            if (wasWithin) assert.ok(at >= changed + given.cooldown_ms, 'it was changed within the cooldown')
            if (wasWithin && replicas < before) {
              const needed = memory.recommended.filter((one) => one.at > at - given.down_after_ms)
              assert.ok(
                needed.every((one) => one.replicas <= replicas),
                'less than the window needed',
              )
            }
            changed = at
          }
        },
      ),
    )
  })

  it('more lag never leads to fewer replicas', () => {
    fc.assert(
      fc.property(
        policies,
        fc.array(lag, { maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        lag,
        lag,
        (given, before, from, a, b) => {
          const past = run(given, before, from)
          const replicas = past.at(-1)?.replicas ?? Math.min(given.max, Math.max(given.min, from))
          const memory = past.at(-1)?.memory ?? nothingSeen
          const at = before.length * 5000
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
            (seen) => decide(given, { at, replicas, lag: seen }, memory).replicas,
          )
          assert.ok((low ?? 0) <= (high ?? 0))
        },
      ),
    )
  })

  it('comes to rest where the lag stays the same, at what the lag asks for', () => {
    fc.assert(
      fc.property(policies, lag, fc.integer({ min: 1, max: 30 }), (given, same, from) => {
        const decisions = run(given, Array(120).fill(same), from)
        const end = decisions.slice(-20)
        assert.equal(new Set(numbers(end)).size, 1)
        const replicas = end[0]?.replicas ?? 0
        const right = Math.min(given.max, Math.max(given.min, Math.ceil(same / given.lag)))
        const nearly = Math.abs(same / (given.lag * replicas) - 1) <= 0.1
        assert.ok(replicas === right || nearly, `${replicas} where ${right} is right`)
      }),
    )
  })
})
