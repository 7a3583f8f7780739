// Refresh sessions in Redis: one key for each session (the family of RFC 9700, 4.14.2), which knows its newest token and
// those that were spent a moment ago.
//
// A refresh token is `<session>.<secret>`, known to its holder alone. Whoever shows a session with another secret than the
// newest shows a spent token: it was stolen, or its thief was faster, so the session ends. Only within the leeway the token
// may have been spent by its owner, who reloaded the page before the answer came or has two tabs: then the newest is answered
// once more. Each secret is an HMAC under the one before it, of a nonce that is kept for the leeway, so Redis needs to hold
// no secret for that. There is one newest token at any time: a thief who used the moment has the same as the owner, and
// whoever of them comes second later on ends the session. Not chosen: a token of its own for each who comes within the leeway;
// a thief's would live on beside the owner's, unnoticed.
import { createHmac, randomBytes } from 'node:crypto'
import { fromRedis } from '@deliveryflow/kit'
import type { Redis } from 'ioredis'
import { sha256 } from './sha256.ts'

/** Whose session it is, and the user's epoch at sign-in. */
export type Session = { user_id: string; epoch: number }

/** A refresh token, and for how many seconds its session still lives. */
export type Issued = { token: string; expires_in: number }

export type Sessions = {
  /** Begins a session; returns its first refresh token. */
  begin(session: Session): Promise<Issued>
  /** The session a token belongs to, spent or not; undefined when there is none any more. */
  find(token: string): Promise<Session | undefined>
  /**
   * Spends a token for the next one. All who show the same token within the leeway get the same: the newest. After it a
   * spent token ends the session and answers `reused`. `unknown`: no such session.
   */
  rotate(token: string): Promise<Issued | 'reused' | 'unknown'>
  /** Ends the session of a token; an unknown one is no error. */
  end(token: string): Promise<void>
}

const begin = `redis.call('hset', KEYS[1], 'token', ARGV[1], 'user_id', ARGV[2], 'epoch', ARGV[3])
redis.call('expire', KEYS[1], ARGV[4])`

/**
 * Answers the outcome, the seconds that are left, and the nonces that lead from the shown token to the newest. `spent` is
 * "<hash> <milliseconds> <nonce>;" for each token of the leeway, oldest first: twenty at most, or who refreshes in a loop
 * would fill it.
 */
const rotate = `local newest, spent = unpack(redis.call('hmget', KEYS[1], 'token', 'spent'))
if not newest then return {'unknown'} end
local shown, following, nonce, leeway = unpack(ARGV)
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local recent, nonces = {}, nil
for entry, hash, at, led in string.gmatch(spent or '', '((%S+) (%d+) (%S+);)') do
  if now - at < tonumber(leeway) then
    table.insert(recent, entry)
    if hash == shown then nonces = {} end
    if nonces then table.insert(nonces, led) end
  end
end
if newest == shown then
  nonces = {nonce}
  table.insert(recent, shown .. ' ' .. now .. ' ' .. nonce .. ';')
  if #recent > 20 then table.remove(recent, 1) end
  redis.call('hset', KEYS[1], 'token', following, 'spent', table.concat(recent))
end
if nonces then return {'newest', redis.call('ttl', KEYS[1]), unpack(nonces)} end
redis.call('del', KEYS[1])
return {'reused'}`

export type SessionOptions = {
  /** A session lives so many seconds from its sign-in, however often it is refreshed. */
  lifetime_s: number
  /** For so many seconds a spent token is answered with the newest; 0: never. */
  leeway_s: number
}

/** The sessions kept in a Redis. Every function throws `Unavailable` when Redis does not answer. */
export const sessionsIn = (redis: Redis, { lifetime_s, leeway_s }: SessionOptions): Sessions => ({
  begin: async ({ user_id, epoch }) => {
    const session = randomBytes(16).toString('base64url')
    const secret = random()
    await fromRedis(redis.eval(begin, 1, keyOf(session), sha256(secret), user_id, epoch, lifetime_s))
    return { token: `${session}.${secret}`, expires_in: lifetime_s }
  },
  find: async (token) => {
    const parts = partsOf(token)
    if (!parts) return undefined
    const [user_id, epoch] = await fromRedis(redis.hmget(keyOf(parts.session), 'user_id', 'epoch'))
    return user_id && epoch ? { user_id, epoch: Number(epoch) } : undefined
  },
  rotate: async (token) => {
    const parts = partsOf(token)
    if (!parts) return 'unknown'
    const { session, secret } = parts
    const nonce = random()
    const hashes = [sha256(secret), sha256(following(secret, nonce))] as const
    const answer = redis.eval(rotate, 1, keyOf(session), ...hashes, nonce, leeway_s * 1000)
    const [outcome, expires_in, ...nonces] = (await fromRedis(answer)) as [Outcome, number, ...string[]]
    return outcome === 'newest' ? { token: `${session}.${nonces.reduce(following, secret)}`, expires_in } : outcome
  },
  end: async (token) => {
    const parts = partsOf(token)
    if (parts) await fromRedis(redis.del(keyOf(parts.session)))
  },
})

type Outcome = 'newest' | 'reused' | 'unknown'

const random = () => randomBytes(32).toString('base64url')
const following = (secret: string, nonce: string) => createHmac('sha256', secret).update(nonce).digest('base64url')
const keyOf = (session: string) => `identity:session:${session}`

const form = /^(?<session>[\w-]{22})\.(?<secret>[\w-]{43})$/
const partsOf = (token: string): { session: string; secret: string } | undefined => {
  const { session, secret } = form.exec(token)?.groups ?? {}
  return session && secret ? { session, secret } : undefined
}
