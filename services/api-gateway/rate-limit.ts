// How many requests one user or address may make in a minute, counted across all gateways.
//
// Each gateway decides at once from what it knows: the count of all gateways as Redis last told it, and its own since then.
// Five times a second it tells Redis its own in one pipeline, and learns the sum. So no request waits for Redis or costs a
// command of its own; the price is that a burst spread over n gateways may pass n times within that fifth of a second.
// Without Redis each gateway counts for itself (the insurance) and requests go on.
//
// Not chosen: a consume in Redis for each request (a round trip on every one, for a limit that needs no such precision),
// and leases of points taken ahead (a user who makes one request in a minute would still wait for one).
import type { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'

/** What is left of a key's minute. */
export type Allowance = { readonly allowed: boolean; readonly remaining: number; readonly reset_s: number }

export type RateLimiter = {
  /** The policy for the header RateLimit-Policy. */
  readonly policy: string
  readonly name: string
  readonly limit: number
  /** Counts one request of a key. */
  take(key: string): Allowance
  stop(): void
}

type Minute = { ends_at: number; counted: number; untold: number }

const duration_s = 60
const tellEvery = 200
const keysKept = 100_000

/** Starts a limiter of `limit` requests a minute; `name` keeps its counts apart from those of others. */
export const rateLimiter = (name: string, limit: number, redis: Redis): RateLimiter => {
  const everybody = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `limit:${name}`,
    points: limit,
    duration: duration_s,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ points: limit, duration: duration_s }),
  })
  const minutes = new LRUCache<string, Minute>({ max: keysKept })
  const untold = new Map<string, Minute>()

  const tell = async (key: string, minute: Minute) => {
    const told = minute.untold
    minute.counted += told
    minute.untold = 0
    const { consumedPoints, msBeforeNext } = await everybody.penalty(key, told)
    // Never back: what was known before Redis went away was true.
    minute.counted = Math.max(minute.counted, consumedPoints)
    minute.ends_at = Date.now() + msBeforeNext
  }
  const timer = setInterval(() => {
    const due = [...untold]
    untold.clear()
    for (const [key, minute] of due) tell(key, minute).catch(() => undefined) // Counted here all the same.
  }, tellEvery).unref()

  return {
    name,
    limit,
    policy: `"${name}";q=${limit};w=${duration_s}`,
    take: (key) => {
      const now = Date.now()
      let minute = minutes.get(key)
      if (!minute || now >= minute.ends_at) {
        minute = { ends_at: now + duration_s * 1000, counted: 0, untold: 0 }
        minutes.set(key, minute)
      }
      const remaining = limit - minute.counted - minute.untold
      const reset_s = Math.ceil((minute.ends_at - now) / 1000)
      if (remaining <= 0) return { allowed: false, remaining: 0, reset_s }
      minute.untold++
      untold.set(key, minute)
      return { allowed: true, remaining: remaining - 1, reset_s }
    },
    stop: () => clearInterval(timer),
  }
}

/**
 * The key of an address: an IPv4 address (also when it comes mapped into IPv6) as it is; of an IPv6 address the first 64
 * bits, for that is what one household or server is given (RFC 6177).
 */
export const addressKey = (address: string): string => {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (ipv4) return `ip:${ipv4}`
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail ? tail.split(':') : []
  const gap = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array<string>(gap).fill('0'), ...back].map((group) => group.replace(/^0+(?=.)/, ''))
  return `ip:${groups.slice(0, 4).join(':')}::/64`
}
