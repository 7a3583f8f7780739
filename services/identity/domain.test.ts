import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isOfEpoch, type KeySchedule, publishedAheadMs, rotationDue, signerAt } from './domain.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const policy = { signing_ms: 30 * day, token_ms: 15 * minute }
const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms)
const key = (kid: string, signs_from: Date, retires_at: Date | null = null): KeySchedule => ({
  kid,
  signs_from,
  retires_at,
})

describe('rotationDue', () => {
  it('makes the first key sign at once', () => {
    assert.deepEqual(rotationDue([], at(0), policy)?.signs_from, at(0))
  })

  it('leaves a key alone until its days are over', () => {
    assert.equal(rotationDue([key('a', at(0))], at(30 * day - 1), policy), null)
  })

  it('publishes a successor ahead, and the predecessor for a token and an hour longer', () => {
    const due = rotationDue([key('a', at(0))], at(30 * day), policy)
    assert.deepEqual(due?.signs_from, at(30 * day + 10 * minute))
    assert.deepEqual(due?.predecessors_retire_at, at(30 * day + 10 * minute + 15 * minute + hour))
  })

  it('makes no second successor while the first waits for its time', () => {
    const keys = [key('a', at(0), at(30 * day + 2 * hour)), key('b', at(30 * day + 10 * minute))]
    assert.equal(rotationDue(keys, at(30 * day + minute), policy), null)
  })

  it('makes a key that signs at once when an operator retired the only one', () => {
    const now = at(day)
    assert.deepEqual(rotationDue([key('a', at(0), at(day + 15 * minute))], now, policy)?.signs_from, now)
  })
})

describe('signerAt', () => {
  it('lets the predecessor sign until the time of the successor', () => {
    const keys = [key('a', at(0), at(3 * hour)), key('b', at(hour))]
    assert.equal(signerAt(keys, at(hour - 1), policy)?.kid, 'a')
    assert.equal(signerAt(keys, at(hour), policy)?.kid, 'b')
  })

  it('lets the first key sign for a replica whose clock is behind', () => {
    assert.equal(signerAt([key('a', at(1000))], at(0), policy)?.kid, 'a')
  })

  it('never signs with a key that would retire before the token expires', () => {
    assert.equal(signerAt([key('a', at(0), at(15 * minute))], at(0), policy), undefined)
  })
})

describe('the life of the keys', () => {
  it('always has a signer; each token can be verified to its end, by those who know the keys for ten minutes', () => {
    const settings = fc.record({
      signing_ms: fc.integer({ min: 1, max: 60 }).map((days) => days * day),
      token_ms: fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * minute),
    })
    // How long the upkeep paused before each look at the keys: mostly a minute, sometimes a long outage.
    const pauses = fc.array(fc.integer({ min: 1, max: 3 * 24 * 60 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(settings, pauses, (chosen, minutes) => {
        let now = 0
        let keys: (KeySchedule & { made: number })[] = []
        const tokens: { kid: string; signed: number }[] = []
        const made = new Map<string, number>()
        for (const pause of minutes) {
          const published = keys.filter(({ retires_at }) => retires_at === null || retires_at > at(now))
          const due = rotationDue(published, at(now), chosen)
          if (due) {
            keys = keys.map((k) => ({ ...k, retires_at: k.retires_at ?? due.predecessors_retire_at }))
            keys.push({ ...key(`k${made.size}`, due.signs_from), made: now })
            made.set(`k${made.size}`, now)
          }
          // Between two looks a replica signs with what it has: now, and just before the next look.
          for (const moment of [now, now + pause * minute - 1]) {
            const signer = signerAt(keys, at(moment), chosen)
            if (!signer) {
              assert.ok(moment !== now, 'there is a signer right after each look')
              continue
            }
            tokens.push({ kid: signer.kid, signed: moment })
            assert.ok(signer.kid === 'k0' || moment - signer.made >= publishedAheadMs)
          }
          now += pause * minute
        }
        for (const { kid, signed } of tokens) {
          const retires = keys.find((k) => k.kid === kid)?.retires_at
          assert.ok(retires === null || (retires && retires.getTime() > at(signed + chosen.token_ms).getTime()))
        }
      }),
    )
  })
})

describe('isOfEpoch', () => {
  it('is true in the same epoch only, and never without a user', () => {
    assert.equal(isOfEpoch({ epoch: 1 }, { session_epoch: 1 }), true)
    assert.equal(isOfEpoch({ epoch: 0 }, { session_epoch: 1 }), false)
    assert.equal(isOfEpoch({ epoch: 0 }, undefined), false)
  })
})
