import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, describe, it, mock } from 'node:test'
import { accessTokenClaims } from '@deliveryflow/contracts'
import { Rejection, Unavailable } from '@deliveryflow/kit'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose'
import { tokenVerifier } from './tokens.ts'

type Signer = { kid: string; privateKey: CryptoKey; jwk: JWK & { kid: string; kty: string } }
type Claims = { sub?: string; role?: string; iss?: string; aud?: string; exp?: string }

const signer = async (kid: string): Promise<Signer> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, kty: 'OKP', alg: 'EdDSA' } }
}
const user_id = randomUUID()
const sign = ({ kid, privateKey }: Signer, claims: Claims = {}, header: Partial<JWTHeaderParameters> = {}) =>
  new SignJWT({ role: claims.role ?? 'customer' })
    .setProtectedHeader({ alg: accessTokenClaims.alg, typ: accessTokenClaims.typ, kid, ...header })
    .setSubject(claims.sub ?? user_id)
    .setIssuer(claims.iss ?? accessTokenClaims.issuer)
    .setAudience(claims.aud ?? accessTokenClaims.audience)
    .setIssuedAt()
    .setExpirationTime(claims.exp ?? '5m')
    .sign(privateKey)

describe('tokenVerifier', () => {
  let first: Signer
  let second: Signer
  before(async () => {
    first = await signer('first')
    second = await signer('second')
  })
  const verifier = () => tokenVerifier(async () => ({ keys: [first.jwk] }))

  it('tells who a good token is for, and knows it from then on', async () => {
    const tokens = verifier()
    const token = await sign(first)
    assert.equal(tokens.known(token), undefined)
    const identity = await tokens.verify(token)
    assert.ok(!(identity instanceof Rejection))
    assert.deepEqual(identity.caller, { user_id, role: 'customer' })
    assert.equal(tokens.known(token), identity)
  })

  const wrong: [string, () => Promise<string>][] = [
    ['another issuer', () => sign(first, { iss: 'somebody' })],
    ['another audience', () => sign(first, { aud: 'another-api' })],
    ['another type', () => sign(first, {}, { typ: 'JWT' })],
    ['a role that does not exist', () => sign(first, { role: 'root' })],
    ['a subject that is no user', () => sign(first, { sub: 'ann' })],
    ['another key under the same kid', () => sign({ ...second, kid: 'first' })],
    ['a kid that is not published', () => sign(second)],
    ['no signature', async () => `${btoa('{"alg":"none","typ":"at+jwt"}').replace(/=+$/, '')}.e30.`],
    [
      'the public key as an HMAC secret',
      () =>
        new SignJWT({ role: 'admin' })
          .setProtectedHeader({ alg: 'HS256', typ: accessTokenClaims.typ, kid: 'first' })
          .setSubject(user_id)
          .setIssuer(accessTokenClaims.issuer)
          .setAudience(accessTokenClaims.audience)
          .setExpirationTime('5m')
          .sign(new TextEncoder().encode(first.jwk.x)),
    ],
    ['nothing of a token', async () => 'abc'],
  ]
  for (const [what, make] of wrong) {
    it(`refuses ${what}`, async () => {
      const answer = await verifier().verify(await make())
      assert.ok(answer instanceof Rejection)
      assert.equal(answer.code, 'unauthenticated')
    })
  }

  it('tells an expired token from a wrong one, also when it was good a moment ago', async (t) => {
    const tokens = verifier()
    const token = await sign(first, { exp: '2s' })
    assert.ok(!((await tokens.verify(token)) instanceof Rejection))
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3000 })
    assert.equal(tokens.known(token), undefined)
    const answer = await tokens.verify(token)
    assert.ok(answer instanceof Rejection && /expired/.test(answer.detail))
  })

  it('asks for new keys when one is not known, but not for every stranger', async (t) => {
    let published = [first.jwk]
    const fetchKeys = mock.fn(async () => ({ keys: published }))
    const tokens = tokenVerifier(fetchKeys)
    await tokens.verify(await sign(first))
    published = [first.jwk, second.jwk]
    const token = await sign(second)
    assert.ok((await tokens.verify(token)) instanceof Rejection, 'within the cooldown')
    assert.equal(fetchKeys.mock.callCount(), 1)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6000 })
    assert.ok(!((await tokens.verify(token)) instanceof Rejection))
    assert.equal(fetchKeys.mock.callCount(), 2)
  })

  it('asks once for many who come at the same time', async () => {
    const fetchKeys = mock.fn(async () => ({ keys: [first.jwk] }))
    const tokens = tokenVerifier(fetchKeys)
    const all = await Promise.all([1, 2, 3].map(async () => tokens.verify(await sign(first))))
    assert.ok(all.every((identity) => !(identity instanceof Rejection)))
    assert.equal(fetchKeys.mock.callCount(), 1)
  })

  it('goes on with old keys while identity is away, and without any says that it is', async (t) => {
    let away = true
    const tokens = tokenVerifier(async () => {
      if (away) throw new Unavailable('identity is not running.')
      return { keys: [first.jwk] }
    })
    const token = await sign(first, { exp: '1h' })
    await assert.rejects(tokens.verify(token), Unavailable)
    away = false
    assert.ok(!((await tokens.verify(token)) instanceof Rejection))
    away = true
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 6 * 60_000 })
    assert.ok(!((await tokens.verify(await sign(first, { exp: '1h' }))) instanceof Rejection))
  })
})
