// What Redis, MongoDB and the mail catcher say: whether they answer, and how full they are. Reads only.
import { Redis } from 'ioredis'
import { MongoServerError } from 'mongodb'
import { reasonOf } from '../failure.ts'
import { withMongo } from '../mongo.ts'

/** Redis as it was seen. Sizes in bytes; `memory_limit` 0 is none. */
export type RedisReading = { version: string; memory: number; memory_limit: number; keys: number }

/** Reads Redis by its URL. Throws when it does not answer or does not let us in. */
export const readRedis = async (url: string): Promise<RedisReading> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 4000,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // As everywhere through a tunnel: the certificate names the Service.
    ...(url.startsWith('rediss:') && { tls: { rejectUnauthorized: false } }),
  })
  let last: unknown
  redis.on('error', (error) => {
    last = error
  })
  try {
    await redis.connect()
    const [info, keys] = await Promise.all([redis.info(), redis.dbsize()])
    const field = (name: string) => new RegExp(`^${name}:(.*)\\r?$`, 'm').exec(info)?.[1] ?? ''
    return {
      version: field('valkey_version') || field('redis_version'),
      memory: Number(field('used_memory')),
      memory_limit: Number(field('maxmemory')),
      keys,
    }
  } catch (error) {
    // The promise says only that the connection is closed; the reason came as an event.
    throw new Error(explainRedis(last ?? error))
  } finally {
    redis.disconnect()
  }
}

const explainRedis = (error: unknown): string => {
  const text = reasonOf(error)
  if (/WRONGPASS|NOAUTH|invalid password/i.test(text)) return 'Redis refuses the password in secret redis-auth'
  return `Redis does not answer: ${text}`
}

/** MongoDB as it was seen; `outbox` counts documents whose messages are not known to be in their stream. */
export type MongoReading = { version: string; outbox: number }

/** Reads MongoDB by its URL. Throws when it does not answer or does not let us in. */
export const readMongo = async (url: string): Promise<MongoReading> => {
  try {
    return await withMongo(url, async (db) => {
      const { version } = await db.command({ buildInfo: 1 })
      const outbox = await db.collection('reviews').countDocuments({ outbox_pending: { $gt: '' } })
      return { version: String(version), outbox }
    })
  } catch (error) {
    if (error instanceof MongoServerError && error.code === 18)
      throw new Error('MongoDB refuses the password in secret mongodb-review')
    throw new Error(`MongoDB does not answer: ${reasonOf(error)}`)
  }
}
