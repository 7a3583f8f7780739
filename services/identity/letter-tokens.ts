// One-time tokens that letters carry: kept in Redis as hashes until they are spent or too old.
//
// A token is read first and forgotten after the change is committed: when PostgreSQL fails in between, the letter still
// works. That it works once only is PostgreSQL's: a new password is set for one epoch, an address is verified or is not.
import { randomBytes } from 'node:crypto'
import { fromRedis } from '@deliveryflow/kit'
import type { Redis } from 'ioredis'
import type { Session } from './sessions.ts'
import { sha256 } from './sha256.ts'

export type Purpose = 'verify_email' | 'password_reset'

/** What a token stands for: the user, and the epoch in which it was made. */
export type Grant = Session

export type LetterTokens = {
  /** Makes a token of 256 random bits. */
  issue(purpose: Purpose, grant: Grant): Promise<string>
  /** What a token stands for; undefined when it is unknown, spent, too old or made for something else. */
  find(purpose: Purpose, token: string): Promise<Grant | undefined>
  /** Forgets a token. */
  spend(purpose: Purpose, token: string): Promise<void>
}

/** How long each kind is good for, in seconds. */
const lifetime = { verify_email: 24 * 3600, password_reset: 3600 } as const satisfies Record<Purpose, number>

/** The tokens kept in a Redis. Every function throws `Unavailable` when it does not answer. */
export const letterTokensIn = (redis: Redis): LetterTokens => ({
  issue: async (purpose, { user_id, epoch }) => {
    const token = randomBytes(32).toString('base64url')
    await fromRedis(redis.set(keyOf(purpose, token), `${user_id} ${epoch}`, 'EX', lifetime[purpose]))
    return token
  },
  find: async (purpose, token) => {
    const [user_id, epoch] = (await fromRedis(redis.get(keyOf(purpose, token))))?.split(' ') ?? []
    return user_id && epoch ? { user_id, epoch: Number(epoch) } : undefined
  },
  spend: async (purpose, token) => void (await fromRedis(redis.del(keyOf(purpose, token)))),
})

const keyOf = (purpose: Purpose, token: string) => `identity:${purpose}:${sha256(token)}`
