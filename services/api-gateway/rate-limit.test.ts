import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRedis } from '@deliveryflow/kit'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { testBackends } from '@deliveryflow/local/testing'
import type { Redis } from 'ioredis'
import { addressKey, rateLimiter } from './rate-limit.ts'

const log = createLog('test', 'silent')
const takes = (limiter: ReturnType<typeof rateLimiter>, key: string, times: number) =>
  Array.from({ length: times }, () => limiter.take(key).allowed).filter(Boolean).length

describe('rateLimiter', () => {
  let redis: Redis
  before(async () => {
    redis = openRedis((await testBackends()).redis_url, log)
    await new Promise((resolve) => redis.once('ready', resolve))
  })
  after(() => redis.disconnect())

  it('lets the limit pass, tells what is left, and keeps keys apart', () => {
    const limiter = rateLimiter(randomUUID(), 3, redis)
    assert.deepEqual(limiter.take('ann'), { allowed: true, remaining: 2, reset_s: 60 })
    assert.equal(takes(limiter, 'ann', 5), 2)
    assert.deepEqual(limiter.take('ann'), { allowed: false, remaining: 0, reset_s: 60 })
    assert.equal(takes(limiter, 'bob', 5), 3)
    limiter.stop()
  })

  it('counts across gateways', async () => {
    const name = randomUUID()
    const [one, two] = [rateLimiter(name, 10, redis), rateLimiter(name, 10, redis)]
    assert.equal(takes(one, 'ann', 6), 6)
    assert.equal(takes(two, 'ann', 1), 1)
    await sleep(500)
    assert.equal(takes(two, 'ann', 9), 3, 'ten in all')
    one.stop()
    two.stop()
  })

  it('limits by itself while Redis is away', async () => {
    const nobody = openRedis('redis://127.0.0.1:1', log)
    const limiter = rateLimiter(randomUUID(), 5, nobody)
    assert.equal(takes(limiter, 'ann', 3), 3)
    await sleep(500)
    assert.equal(takes(limiter, 'ann', 9), 2)
    limiter.stop()
    nobody.disconnect()
  })

  it('begins anew with the next minute', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const limiter = rateLimiter(randomUUID(), 2, redis)
    assert.equal(takes(limiter, 'ann', 5), 2)
    t.mock.timers.tick(61_000)
    assert.equal(takes(limiter, 'ann', 5), 2)
    limiter.stop()
  })
})

describe('addressKey', () => {
  const keys: [string, string][] = [
    ['10.0.0.1', 'ip:10.0.0.1'],
    ['::ffff:10.0.0.1', 'ip:10.0.0.1'],
    ['::1', 'ip:0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', 'ip:2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::6', 'ip:2001:db8:1:2::/64'],
    ['2001:db8::5', 'ip:2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'ip:fe80:0:0:0::/64'],
  ]
  for (const [address, key] of keys) it(`of ${address} is ${key}`, () => assert.equal(addressKey(address), key))
})
