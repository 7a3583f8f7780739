// Refresh sessions in Redis: one key for each session (the family of RFC 9700, 4.14.2), which knows its newest token only.
//
// A refresh token is `<session>.<secret>`, both random and known to its holder alone. Whoever shows a session with another
// secret than the newest shows a spent token: it was stolen, or its thief was faster, so the session ends. Spent tokens need
// not be kept for that. Not chosen: leniency for a token that was spent a moment ago; a thief could use the same moment.
import { randomBytes } from 'node:crypto'
import { fromRedis } from '@deliveryflow/kit'
import type { Redis } from 'ioredis'
import { sha256 } from './sha256.ts'

/** Whose session it is, and the user's epoch at sign-in. */
export type Session = { user_id: string; epoch: number }

export type Sessions = {
  /** Begins a session; returns its first refresh token. */
  begin(session: Session): Promise<string>
  /** The session a token belongs to, spent or not; undefined when there is none any more. */
  find(token: string): Promise<Session | undefined>
  /**
   * Spends a token for the next one. Of several that show the same token at once exactly one gets it; for the others the
   * token is spent, which ends the session and answers `reused`. `unknown`: no such session.
   */
  rotate(token: string): Promise<{ token: string } | 'reused' | 'unknown'>
  /** Ends the session of a token; an unknown one is no error. */
  end(token: string): Promise<void>
}

const begin = `redis.call('hset', KEYS[1], 'token', ARGV[1], 'user_id', ARGV[2], 'epoch', ARGV[3])
redis.call('expire', KEYS[1], ARGV[4])`

const rotate = `local newest = redis.call('hget', KEYS[1], 'token')
if not newest then return 'unknown' end
if newest ~= ARGV[1] then
  redis.call('del', KEYS[1])
  return 'reused'
end
redis.call('hset', KEYS[1], 'token', ARGV[2])
return 'rotated'`

/**
 * The sessions kept in a Redis. A session lives `seconds` from its sign-in, however often it is refreshed. Every function
 * throws `Unavailable` when Redis does not answer.
 */
export const sessionsIn = (redis: Redis, seconds: number): Sessions => ({
  begin: async ({ user_id, epoch }) => {
    const session = randomBytes(16).toString('base64url')
    const secret = newSecret()
    await fromRedis(redis.eval(begin, 1, keyOf(session), sha256(secret), user_id, epoch, seconds))
    return `${session}.${secret}`
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
    const next = newSecret()
    const outcome = await fromRedis(redis.eval(rotate, 1, keyOf(parts.session), sha256(parts.secret), sha256(next)))
    if (outcome === 'rotated') return { token: `${parts.session}.${next}` }
    return outcome === 'reused' ? 'reused' : 'unknown'
  },
  end: async (token) => {
    const parts = partsOf(token)
    if (parts) await fromRedis(redis.del(keyOf(parts.session)))
  },
})

const newSecret = () => randomBytes(32).toString('base64url')
const keyOf = (session: string) => `identity:session:${session}`

const form = /^(?<session>[\w-]{22})\.(?<secret>[\w-]{43})$/
const partsOf = (token: string): { session: string; secret: string } | undefined => {
  const { session, secret } = form.exec(token)?.groups ?? {}
  return session && secret ? { session, secret } : undefined
}
