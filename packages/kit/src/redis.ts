// A connection to Redis that fails at once when Redis is away, instead of letting callers hang. Redis may vanish at any time.
import { Redis } from 'ioredis'
import { Unavailable } from './errors.ts'
import type { Log } from './telemetry/log.ts'

/** Opens the connection in the background; commands reject while there is none. */
export const openRedis = (url: string, log: Log): Redis => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1000,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
  })
  let away = false
  redis.on('error', (error) => {
    if (!away) log.warn({ err: error }, 'Redis does not answer; what can be done without it goes on')
    away = true
  })
  redis.on('ready', () => {
    if (away) log.info('Redis answers again')
    away = false
  })
  return redis
}

/** Waits for Redis' answer, for what cannot be done without it; throws `Unavailable` when none comes. */
export const fromRedis = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer
  } catch (cause) {
    throw new Unavailable('Sessions and tokens cannot be reached at the moment.', { cause })
  }
}
