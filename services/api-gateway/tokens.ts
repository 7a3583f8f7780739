// Verifies access tokens here, by identity's public keys, so that no request waits for identity.
import { accessTokenClaims, type Caller, caller as callerSchema } from '@deliveryflow/contracts'
import { type Rejection, reject } from '@deliveryflow/kit'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'

/** Who a token speaks for, and until when (milliseconds since 1970). */
export type Identity = { readonly caller: Caller; readonly expires_at: number }

export type Tokens = {
  /** A token that was verified before and still holds: costs a look-up. */
  known(token: string): Identity | undefined
  /** Verifies a token (200 µs of CPU) and remembers it. Throws `Unavailable` when there are no keys to verify it by. */
  verify(token: string): Promise<Identity | Rejection>
}

const remembered = 20_000
const keysMaxAge = 5 * 60_000
const keysCooldown = 5_000

const { issuer, audience, typ, alg } = accessTokenClaims

/** Starts with no keys; `fetchKeys` asks identity for them. */
export const tokenVerifier = (fetchKeys: () => Promise<JSONWebKeySet>): Tokens => {
  const key = keySource(fetchKeys)
  // By the token itself: a digest would cost as much as it hides, for who reads this memory reads the requests too.
  const identities = new LRUCache<string, Identity>({ max: remembered })
  return {
    known: (token) => {
      const identity = identities.get(token)
      return identity && identity.expires_at > Date.now() ? identity : undefined
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          audience,
          typ,
          algorithms: [alg],
          requiredClaims: ['sub', 'exp'],
        })
        const caller = callerSchema.safeParse({ user_id: payload.sub, role: payload.role })
        if (!caller.success) return invalid
        const identity = { caller: caller.data, expires_at: Number(payload.exp) * 1000 }
        identities.set(token, identity)
        return identity
      } catch (error) {
        if (error instanceof errors.JWTExpired) return expired
        if (error instanceof errors.JOSEError) return invalid
        throw error
      }
    },
  }
}

const invalid = reject('unauthenticated', 'The access token is not valid; sign in with POST /api/auth/login.')
const expired = reject('unauthenticated', 'The access token has expired; renew it with POST /api/auth/refresh.')

/**
 * identity's keys: fetched when first needed, renewed in the background when five minutes old (a key that was withdrawn is
 * gone by then), and asked again for a key that is not known, at most every five seconds however many strangers come.
 */
const keySource = (fetchKeys: () => Promise<JSONWebKeySet>): JWTVerifyGetKey => {
  let keys: JWTVerifyGetKey | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<JWTVerifyGetKey> | undefined

  const ask = async () => {
    askedAt = Date.now()
    try {
      keys = createLocalJWKSet(await fetchKeys())
      return keys
    } finally {
      asking = undefined
    }
  }
  const renewed = () => {
    asking ??= ask()
    return asking
  }

  return async (header, token) => {
    const present = keys ?? (await renewed())
    // Old keys serve on while identity is away: an outage of it signs nobody out.
    if (Date.now() - askedAt > keysMaxAge) renewed().catch(() => undefined)
    try {
      return await present(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || (!asking && Date.now() - askedAt < keysCooldown)) throw error
      return (await renewed())(header, token)
    }
  }
}
