import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '@deliveryflow/kit'
import { testBackends } from '@deliveryflow/local/testing'
import { Redis } from 'ioredis'
import { letterTokensIn } from './letter-tokens.ts'
import { limitsIn } from './limits.ts'
import { sessionsIn } from './sessions.ts'

const options = { lifetime_s: 1000, leeway_s: 10 }
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

  /** Sessions with this leeway; a refusal to rotate fails the test. */
  const sessionsOf = (leeway_s = options.leeway_s) => {
    const sessions = sessionsIn(redis, { ...options, leeway_s })
    const begin = async (begun = session()) => (await sessions.begin(begun)).token
    const rotated = async (token: string) => {
      const next = await sessions.rotate(token)
      return typeof next === 'object' ? next.token : assert.fail(`the token was ${next}`)
    }
    return { ...sessions, begin, rotated }
  }
  const keyOf = (token: string) => `identity:session:${token.split('.')[0]}`

  describe('sessions', () => {
    it('go on from token to token, within the lifetime of the sign-in', async () => {
      const { begin, find, rotate, rotated } = sessionsOf()
      const begun = session()
      const first = await begin(begun)
      await redis.expire(keyOf(first), 500)
      const third = await rotated(await rotated(first))
      assert.deepEqual(await find(third), begun)
      assert.ok((await redis.ttl(keyOf(first))) <= 500, 'a refresh does not lengthen a session')
      const next = await rotate(third)
      assert.ok(typeof next === 'object' && next.expires_in <= 500 && next.expires_in > 490, 'and says how long it is')
      assert.ok((await redis.ttl(keyOf(await begin(begun)))) > 500)
    })

    it('end when a spent token is shown again later: nobody can tell the thief from the owner', async () => {
      const { begin, find, rotate, rotated } = sessionsOf(0.2)
      const first = await begin()
      const second = await rotated(first)
      await sleep(250)
      const newest = await rotated(second)
      assert.equal(await rotate(first), 'reused')
      assert.equal(await rotate(newest), 'unknown')
      assert.equal(await find(newest), undefined)
    })

    it('end at once for a spent token where there is no leeway, and for one that never was', async () => {
      const { begin, rotate, rotated } = sessionsOf(0)
      const first = await begin()
      await rotated(first)
      assert.equal(await rotate(first), 'reused')
      const guessed = `${(await begin()).split('.')[0]}.${'x'.repeat(43)}`
      assert.equal(await sessionsOf().rotate(guessed), 'reused')
    })

    it('give the same next token to all who refresh at once, and to who comes again as the answer was lost', async () => {
      const { begin, rotated } = sessionsOf()
      const token = await begin()
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => rotated(token)))
      assert.equal(new Set(outcomes).size, 1)
      const newest = outcomes[0] ?? assert.fail()
      assert.notEqual(newest, token)
      assert.equal(await rotated(token), newest)
      assert.notEqual(await rotated(newest), newest)
    })

    it('lead from any token of the leeway to the newest: requests overtake each other', async () => {
      const { begin, rotated } = sessionsOf()
      const first = await begin()
      const second = await rotated(first)
      const third = await rotated(second)
      for (const token of [first, second, first]) assert.equal(await rotated(token), third)
      let newest = third
      for (let n = 0; n < 30; n++) newest = await rotated(newest)
      assert.ok((await redis.hget(keyOf(first), 'spent'))?.split(';').length === 21, 'twenty are kept')
      assert.equal(await sessionsOf().rotate(first), 'reused', 'further back it is no lost answer any more')
    })

    it('do not lengthen the leeway for who comes again within it', async () => {
      const { begin, rotate, rotated } = sessionsOf(1)
      const first = await begin()
      const second = await rotated(first)
      await sleep(400)
      assert.equal(await rotated(first), second)
      await sleep(700)
      assert.equal(await rotate(first), 'reused')
    })

    it('end by any of their tokens, and leave other sessions of the user alone', async () => {
      const { begin, end, rotate, rotated } = sessionsOf()
      const begun = session()
      const [phone, laptop] = [await begin(begun), await begin(begun)]
      await rotated(phone)
      await end(phone)
      assert.equal(await rotate(phone), 'unknown')
      assert.ok(await rotated(laptop))
      await end('no token at all')
    })

    it('keep no token that could be used by who reads Redis', async () => {
      const { begin, rotated } = sessionsOf()
      const first = await begin()
      for (const token of [first, await rotated(first)]) {
        const secret = token.split('.')[1] ?? ''
        const kept = JSON.stringify(await redis.hgetall(keyOf(token)))
        assert.equal(Buffer.from(secret, 'base64url').length, 32)
        assert.ok(kept.length > 10 && !kept.includes(secret))
      }
    })

    it('know nothing of tokens that are malformed', async () => {
      const sessions = sessionsOf()
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

    it('allow five letters of each kind for an address', async () => {
      const limits = limitsIn(redis)
      const address = email()
      for (const purpose of ['password_reset', 'verify_email'] as const) {
        for (let n = 0; n < 5; n++) assert.equal(await limits.onLetterRequest(purpose, address), null)
        assert.ok(((await limits.onLetterRequest(purpose, address)) ?? 0) > 3500)
      }
    })
  })

  it('is unavailable, at once, when Redis is away', async () => {
    const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
    away.on('error', () => undefined)
    try {
      const started = performance.now()
      await assert.rejects(sessionsIn(away, options).begin(session()), Unavailable)
      await assert.rejects(letterTokensIn(away).issue('verify_email', session()), Unavailable)
      await assert.rejects(limitsIn(away).beforeLogin(email()), Unavailable)
      await assert.rejects(limitsIn(away).afterLogin(email(), false), Unavailable)
      await assert.rejects(limitsIn(away).onLetterRequest('verify_email', email()), Unavailable)
      assert.ok(performance.now() - started < 1000)
    } finally {
      away.disconnect()
    }
  })
})
