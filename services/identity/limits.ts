// How often an account may be guessed at and an address written to. Limits for each client address are the gateway's.
import { fromRedis } from '@deliveryflow/kit'
import type { Redis } from 'ioredis'
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Purpose } from './letter-tokens.ts'
import { sha256 } from './sha256.ts'

/** Null: go on. A number: no, for so many seconds. */
export type Wait = number | null

export type Limits = {
  /** Asked before a password is checked: 10 failures for an e-mail address within 15 minutes are enough. */
  beforeLogin(email: string): Promise<Wait>
  /**
   * Told after it. Who guesses in parallel gets past the first question many times; here the failures have been counted,
   * and even a right guess among too many is not told.
   */
  afterLogin(email: string, right: boolean): Promise<Wait>
  /** Forgets an account's failures: its owner has set a new password. */
  forgive(email: string): Promise<void>
  /** Counts a request for a letter: 5 of each kind for an address within an hour. */
  onLetterRequest(purpose: Purpose, email: string): Promise<Wait>
}

const failures = { points: 10, duration: 15 * 60 }
const requests = { points: 5, duration: 60 * 60 }

/**
 * The limits, counted in a Redis and so shared by all replicas. An unknown address is counted like a known one: the limit
 * tells nothing. Every function throws `Unavailable` when Redis does not answer.
 */
export const limitsIn = (redis: Redis): Limits => {
  const options = { storeClient: redis, rejectIfRedisNotReady: true }
  const logins = new RateLimiterRedis({ ...options, ...failures, keyPrefix: 'identity:login_failures' })
  const lettersOf = (keyPrefix: string) => new RateLimiterRedis({ ...options, ...requests, keyPrefix })
  const letters: Record<Purpose, RateLimiterRedis> = {
    verify_email: lettersOf('identity:verification_requests'),
    password_reset: lettersOf('identity:reset_requests'),
  }
  const forgive = async (email: string) => void (await fromRedis(logins.delete(sha256(email))))

  return {
    beforeLogin: async (email) => {
      const count = await fromRedis(logins.get(sha256(email)))
      return waitOf(count, (count?.consumedPoints ?? 0) >= failures.points)
    },
    afterLogin: async (email, right) => {
      const count = await fromRedis(right ? logins.get(sha256(email)) : logins.penalty(sha256(email)))
      const failed = count?.consumedPoints ?? 0
      const wait = waitOf(count, right ? failed >= failures.points : failed > failures.points)
      if (right && wait === null && failed > 0) await forgive(email)
      return wait
    },
    forgive,
    onLetterRequest: async (purpose, email) => {
      const count = await fromRedis(letters[purpose].penalty(sha256(email)))
      return waitOf(count, count.consumedPoints > requests.points)
    },
  }
}

const waitOf = (count: RateLimiterRes | null, exceeded: boolean): Wait =>
  exceeded && count ? Math.max(1, Math.ceil(count.msBeforeNext / 1000)) : null
