import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { Unavailable } from '@deliveryflow/kit'
import { testBackends } from '@deliveryflow/local/testing'
import { Redis } from 'ioredis'
import { letterTokensIn } from './letter-tokens.ts'
import { limitsIn } from './limits.ts'
import { sessionsIn } from './sessions.ts'

const lifetime = 1000
const session = () => ({ user_id: randomUUID(), epoch: 3 })
const email = () => `${randomUUID()}@example.org`

describe('what identity keeps in Redis', () => {
  let redis: Redis
  before(async () => {
    redis = new Redis((await testBackends()).redis_url)
  })
  after(async () => {
    await redis?.quit()
  })

  const rotated = async (token: string): Promise<string> => {
    const next = await sessionsIn(redis, lifetime).rotate(token)
    return typeof next === 'object' ? next.token : assert.fail(`the token was ${next}`)
  }

  describe('sessions', () => {
    it('go on from token to token, within the lifetime of the sign-in', async () => {
      const sessions = sessionsIn(redis, lifetime)
      const begun = session()
      const first = await sessions.begin(begun)
      const key = `identity:session:${first.split('.')[0]}`
      await redis.expire(key, 500)
      const third = await rotated(await rotated(first))
      assert.deepEqual(await sessions.find(third), begun)
      assert.ok((await redis.ttl(key)) <= 500, 'a refresh does not lengthen a session')
      assert.ok((await redis.ttl(`identity:session:${(await sessions.begin(begun)).split('.')[0]}`)) > 500)
    })

    it('end when a spent token is shown again: nobody can tell the thief from the owner', async () => {
      const sessions = sessionsIn(redis, lifetime)
      const first = await sessions.begin(session())
      const newest = await rotated(await rotated(first))
      assert.equal(await sessions.rotate(first), 'reused')
      assert.equal(await sessions.rotate(newest), 'unknown')
      assert.equal(await sessions.find(newest), undefined)
    })

    it('give the next token to exactly one of many that refresh at once', async () => {
      const sessions = sessionsIn(redis, lifetime)
      const token = await sessions.begin(session())
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => sessions.rotate(token)))
      assert.equal(outcomes.filter((outcome) => typeof outcome === 'object').length, 1)
      assert.ok(outcomes.includes('reused'))
    })

    it('end by any of their tokens, and leave other sessions of the user alone', async () => {
      const sessions = sessionsIn(redis, lifetime)
      const begun = session()
      const [phone, laptop] = [await sessions.begin(begun), await sessions.begin(begun)]
      await sessions.end(phone)
      assert.equal(await sessions.rotate(phone), 'unknown')
      assert.ok(await rotated(laptop))
      await sessions.end('no token at all')
    })

    it('keep no token that could be used by who reads Redis', async () => {
      const token = await sessionsIn(redis, lifetime).begin(session())
      const [id, secret] = token.split('.')
      const kept = JSON.stringify(await redis.hgetall(`identity:session:${id}`))
      assert.ok(secret && Buffer.from(secret, 'base64url').length === 32)
      assert.ok(kept.length > 10 && !kept.includes(secret))
    })

    it('know nothing of tokens that are malformed', async () => {
      const sessions = sessionsIn(redis, lifetime)
      for (const token of ['', '.', 'a.b', `${'a'.repeat(22)}.${'b'.repeat(44)}`]) {
        assert.equal(await sessions.find(token), undefined)
        assert.equal(await sessions.rotate(token), 'unknown')
      }
    })
  })

  describe('tokens of letters', () => {
    it('stand for their grant until they are spent, for their purpose alone', async () => {
      const tokens = letterTokensIn(redis)
      const grant = session()
      const token = await tokens.issue('verify_email', grant)
      assert.deepEqual(await tokens.find('verify_email', token), grant)
      assert.equal(await tokens.find('password_reset', token), undefined)
      await tokens.spend('verify_email', token)
      assert.equal(await tokens.find('verify_email', token), undefined)
    })

    it('are kept as hashes, a day and an hour', async () => {
      const tokens = letterTokensIn(redis)
      const grant = session()
      for (const [purpose, seconds] of [
        ['verify_email', 86_400],
        ['password_reset', 3600],
      ] as const) {
        const token = await tokens.issue(purpose, grant)
        const mine: string[] = []
        for (const key of await redis.keys(`identity:${purpose}:*`)) {
          if ((await redis.get(key))?.startsWith(grant.user_id)) mine.push(key)
        }
        assert.equal(mine.length, 1)
        const ttl = await redis.ttl(mine[0] ?? '')
        assert.ok(ttl <= seconds && ttl > seconds - 60)
        assert.ok(!mine[0]?.includes(token))
      }
    })
  })

  describe('limits', () => {
    it('allow ten failures for an account, then say how long to wait', async () => {
      const limits = limitsIn(redis)
      const account = email()
      for (let n = 0; n < 10; n++) {
        assert.equal(await limits.beforeLogin(account), null)
        assert.equal(await limits.afterLogin(account, false), null)
      }
      const wait = await limits.beforeLogin(account)
      assert.ok(wait !== null && wait > 800 && wait <= 900, `${wait} s`)
      assert.equal(await limits.beforeLogin(email()), null)
      await limits.forgive(account)
      assert.equal(await limits.beforeLogin(account), null)
    })

    it('forget the failures of an account when its owner signs in', async () => {
      const limits = limitsIn(redis)
      const account = email()
      for (let n = 0; n < 9; n++) await limits.afterLogin(account, false)
      assert.equal(await limits.afterLogin(account, true), null)
      for (let n = 0; n < 10; n++) assert.equal(await limits.afterLogin(account, false), null)
    })

    it('do not tell a right guess among too many that were made at once', async () => {
      const limits = limitsIn(redis)
      const account = email()
      assert.equal(await limits.beforeLogin(account), null)
      await Promise.all(Array.from({ length: 30 }, () => limits.afterLogin(account, false)))
      assert.notEqual(await limits.afterLogin(account, true), null)
    })

    it('allow five reset letters for an address', async () => {
      const limits = limitsIn(redis)
      const address = email()
      for (let n = 0; n < 5; n++) assert.equal(await limits.onResetRequest(address), null)
      assert.ok(((await limits.onResetRequest(address)) ?? 0) > 3500)
    })
  })

  it('is unavailable, at once, when Redis is away', async () => {
    const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
    away.on('error', () => undefined)
    try {
      const started = performance.now()
      await assert.rejects(sessionsIn(away, lifetime).begin(session()), Unavailable)
      await assert.rejects(letterTokensIn(away).issue('verify_email', session()), Unavailable)
      await assert.rejects(limitsIn(away).beforeLogin(email()), Unavailable)
      await assert.rejects(limitsIn(away).afterLogin(email(), false), Unavailable)
      await assert.rejects(limitsIn(away).onResetRequest(email()), Unavailable)
      assert.ok(performance.now() - started < 1000)
    } finally {
      away.disconnect()
    }
  })
})
