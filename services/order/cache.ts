// Orders as their customers see them, kept in Redis for a minute. Without Redis every read is a miss, and nothing else changes.
import type { OrderView } from '@deliveryflow/contracts'
import { type Log, openRedis } from '@deliveryflow/kit'
import type { Redis } from 'ioredis'

const ttl_ms = 60_000
const keyOf = (orderId: string) => `order:${orderId}`

/** An order's view and which version of the order it shows. */
export type Versioned = { view: OrderView; version: number }

export type OrderCache = {
  /** The view kept of an order; null when there is none or Redis is away. */
  read(orderId: string): Promise<OrderView | null>
  /** Keeps views, unless a newer one of the same order is kept. Resolves whether or not Redis took them; never rejects. */
  write(entries: readonly Versioned[]): Promise<void>
}

// A reader that missed may come to write after an update has: the version keeps what it read from covering what is newer.
const keepNewest = `
for i, key in ipairs(KEYS) do
  local version = ARGV[2 * i]
  local kept = redis.call('hget', key, 'version')
  if not kept or tonumber(kept) < tonumber(version) then
    redis.call('hset', key, 'version', version, 'view', ARGV[2 * i + 1])
    redis.call('pexpire', key, ARGV[1])
  end
end`

/** The cache over a connection to Redis, which tells in the log when Redis goes away and comes back. */
export const orderCache = (redis: Redis): OrderCache => ({
  read: async (orderId) => {
    const view = await redis.hget(keyOf(orderId), 'view').catch(() => null)
    return view === null ? null : (JSON.parse(view) satisfies OrderView)
  },
  write: async (entries) => {
    if (entries.length === 0) return
    const keys = entries.map(({ view }) => keyOf(view.order_id))
    const values = entries.flatMap(({ view, version }) => [version, JSON.stringify(view)])
    await redis.eval(keepNewest, keys.length, ...keys, ttl_ms, ...values).catch(() => undefined)
  },
})

/** Opens the connection and the cache over it. Redis that is away delays nothing and makes nothing unready. */
export const openCache = async ({ settings, log }: { settings: { REDIS_URL: string }; log: Log }) => {
  const redis = openRedis(settings.REDIS_URL, log)
  return { resources: { cache: orderCache(redis) }, close: async () => redis.disconnect() }
}
