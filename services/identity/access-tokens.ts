// Access tokens: JWTs signed with Ed25519, in the form that the contracts name. Which key signs is the key ring's.
import { accessTokenClaims, type Role, caller as subject } from '@deliveryflow/contracts'
import { newId } from '@deliveryflow/kit'
import { createLocalJWKSet, errors, type JWK, jwtVerify, SignJWT } from 'jose'
import type { Signer } from './keys.ts'

/** What a good access token says. */
export type Verified = { user_id: string; role: Role; expires_at: string }

/** Signs a token for a user; good for `seconds` from now. */
export const signAccessToken = (
  { kid, key }: Signer,
  user: { user_id: string; role: Role },
  seconds: number,
): Promise<string> =>
  new SignJWT({ role: user.role })
    .setProtectedHeader({ alg: accessTokenClaims.alg, typ: accessTokenClaims.typ, kid })
    .setIssuer(accessTokenClaims.issuer)
    .setAudience(accessTokenClaims.audience)
    .setSubject(user.user_id)
    .setIssuedAt()
    .setExpirationTime(`${seconds}s`)
    .setJti(newId())
    .sign(key)

/**
 * Reads a token; undefined when it is not good by these keys: another signature, algorithm, type, issuer or audience, or
 * expired. Best practice: RFC 8725.
 */
export const verifyAccessToken = async (token: string, keys: JWK[]): Promise<Verified | undefined> => {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }), {
      algorithms: [accessTokenClaims.alg],
      typ: accessTokenClaims.typ,
      issuer: accessTokenClaims.issuer,
      audience: accessTokenClaims.audience,
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    })
    const user = subject.safeParse({ user_id: payload.sub, role: payload.role })
    return user.success ? { ...user.data, expires_at: new Date(Number(payload.exp) * 1000).toISOString() } : undefined
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}
