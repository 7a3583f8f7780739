import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { accessTokenClaims } from '@deliveryflow/contracts'
import { decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose'
import { signAccessToken, verifyAccessToken } from './access-tokens.ts'
import type { Signer } from './keys.ts'
import { decryptSigningKey, newSigningKey } from './signing-key.ts'
import type { PublicKey } from './store.ts'

const secret = randomBytes(32)
const user = { user_id: randomUUID(), role: 'customer' as const }

describe('access tokens', () => {
  let keys: PublicKey[]
  let signer: Signer

  before(async () => {
    const { public_jwk, private_key_encrypted } = await newSigningKey(secret)
    keys = [public_jwk]
    signer = { kid: public_jwk.kid, key: await decryptSigningKey(public_jwk.kid, private_key_encrypted, secret) }
  })

  /** A token that is good but for what the test changes. */
  const forged = (change: {
    header?: object
    claims?: Record<string, unknown>
    key?: Parameters<SignJWT['sign']>[0]
  }) => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: accessTokenClaims.issuer,
      aud: accessTokenClaims.audience,
      sub: user.user_id,
      role: user.role,
      jti: 'x',
    }
    return new SignJWT({ ...claims, iat: now, exp: now + 60, ...change.claims })
      .setProtectedHeader({ alg: accessTokenClaims.alg, typ: accessTokenClaims.typ, kid: signer.kid, ...change.header })
      .sign(change.key ?? signer.key)
  }

  it('says who its user is and when it ends', async () => {
    const token = await signAccessToken(signer, user, 900)
    const verified = await verifyAccessToken(token, keys)
    assert.deepEqual({ user_id: verified?.user_id, role: verified?.role }, user)
    assert.ok(Math.abs(Date.parse(verified?.expires_at ?? '') - Date.now() - 900_000) < 5000)
    assert.deepEqual(decodeProtectedHeader(token), { alg: 'EdDSA', typ: 'at+jwt', kid: signer.kid })
  })

  it('accepts what the tests below change one part of', async () => {
    assert.equal((await verifyAccessToken(await forged({}), keys))?.user_id, user.user_id)
  })

  const second = Math.floor(Date.now() / 1000)
  const refused: [string, Parameters<typeof forged>[0]][] = [
    ['another type, such as an id token', { header: { typ: 'JWT' } }],
    ['a key that is not published', { header: { kid: 'unknown' } }],
    ['another issuer', { claims: { iss: 'somebody' } }],
    ['another audience', { claims: { aud: 'somebody' } }],
    ['its end in the past', { claims: { exp: second - 1 } }],
    ['no end', { claims: { exp: undefined } }],
    ['no id', { claims: { jti: undefined } }],
    ['an unknown role', { claims: { role: 'root' } }],
    ['a subject that is no user id', { claims: { sub: 'root' } }],
  ]
  for (const [name, change] of refused) {
    it(`refuses a token with ${name}`, async () => {
      assert.equal(await verifyAccessToken(await forged(change), keys), undefined)
    })
  }

  it('refuses the signature of another key, and a symmetric one made with the public key', async () => {
    const other = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    assert.equal(await verifyAccessToken(await forged({ key: other.privateKey }), keys), undefined)
    const asSecret = new TextEncoder().encode(keys[0]?.x)
    assert.equal(await verifyAccessToken(await forged({ header: { alg: 'HS256' }, key: asSecret }), keys), undefined)
  })

  it('refuses what is no token and what is not signed', async () => {
    const [, payload] = (await signAccessToken(signer, user, 900)).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: signer.kid })).toString('base64url')
    for (const token of ['', 'a.b.c', `${none}.${payload}.`])
      assert.equal(await verifyAccessToken(token, keys), undefined)
  })
})

describe('a signing key', () => {
  it('shows no private part, and its private part fits the public one', async () => {
    const { public_jwk, private_key_encrypted } = await newSigningKey(secret)
    assert.deepEqual(Object.keys(public_jwk).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    const key = await decryptSigningKey(public_jwk.kid, private_key_encrypted, secret)
    const token = await signAccessToken({ kid: public_jwk.kid, key }, user, 60)
    assert.ok(await verifyAccessToken(token, [public_jwk]))
  })

  it('cannot be decrypted with another secret, and says what to do', async () => {
    const { public_jwk, private_key_encrypted } = await newSigningKey(secret)
    await assert.rejects(
      decryptSigningKey(public_jwk.kid, private_key_encrypted, randomBytes(32)),
      /KEY_ENCRYPTION_KEY/,
    )
  })

  it('is not taken from the row of another key', async () => {
    const { private_key_encrypted } = await newSigningKey(secret)
    await assert.rejects(decryptSigningKey('other', private_key_encrypted, secret), /holds something else/)
  })
})
