// Lets a request in: within its rate limit, with the token and the role its operation asks for. `X-User-Id` and the like
// from outside are never looked at: who asks is in the token alone.
import { type Access, mayUse, notFor } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import type { Context } from 'koa'
import { addressKey, type RateLimiter } from './rate-limit.ts'
import type { Identity, Tokens } from './tokens.ts'

export type Admission = {
  readonly tokens: Tokens
  /** For everything, by user, or by address where there is no valid token. */
  readonly limiter: RateLimiter
  /** For signing in, staying so and registering, by address. */
  readonly authLimiter: RateLimiter
}

/** Who asks (undefined where the operation is public), or why the request is not let in. */
export const admit = async (
  http: Context,
  access: Access,
  { tokens, limiter, authLimiter }: Admission,
): Promise<Identity | undefined | Rejection> => {
  if (access === 'public') {
    return take(http, signsIn.test(http.path) ? authLimiter : limiter, addressKey(http.ip))
  }
  const token = bearerToken(http.get('Authorization'))
  let identity = token === undefined ? undefined : tokens.known(token)
  if (!identity) {
    // A token that is not known costs its address a request: verifying is the dearest thing a stranger can ask for.
    const refused = take(http, limiter, addressKey(http.ip))
    if (refused) return refused
    const verified = token === undefined ? missing : await tokens.verify(token)
    if (verified instanceof Rejection) {
      http.set('WWW-Authenticate', verified === missing ? challenge : `${challenge}, error="invalid_token"`)
      return verified
    }
    identity = verified
  }
  const { user_id, role } = identity.caller
  const refused = take(http, limiter, `user:${user_id}`)
  if (refused) return refused
  return mayUse(access, role) ? identity : reject('forbidden', notFor(access, role))
}

const signsIn = /^\/api\/(auth|session)(\/|$)/i
const challenge = 'Bearer realm="deliveryflow"'
const missing = reject('unauthenticated', 'Send Authorization: Bearer with the access_token of POST /api/auth/login.')

/** Counts the request and says so in the headers of draft-ietf-httpapi-ratelimit-headers. */
const take = (http: Context, limiter: RateLimiter, key: string): Rejection | undefined => {
  const { allowed, remaining, reset_s } = limiter.take(key)
  http.set('RateLimit-Policy', limiter.policy)
  http.set('RateLimit', `"${limiter.name}";r=${remaining};t=${reset_s}`)
  if (allowed) return undefined
  return reject(
    'too_many_requests',
    `No more than ${limiter.limit} requests a minute; try again in ${reset_s} seconds.`,
    { retry_after: reset_s },
  )
}

/** The token of an Authorization header, or undefined when it holds none (RFC 6750, 2.1; the scheme in any case). */
export const bearerToken = (authorization: string): string | undefined =>
  /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
