// One signing key: made, encrypted for the database, and decrypted again. When a key is made or signs is not decided here.
import { accessTokenClaims } from '@deliveryflow/contracts'
import {
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose'
import type { PublicKey } from './store.ts'

// Direct encryption (RFC 7516): the one secret encrypts each key with a nonce of its own.
const encryption = { alg: 'dir', enc: 'A256GCM' } as const

export type NewSigningKey = { public_jwk: PublicKey; private_key_encrypted: string }

/** Makes an Ed25519 key; its `kid` is its thumbprint (RFC 7638). `secret`: 32 bytes that encrypt the private half. */
export const newSigningKey = async (secret: Uint8Array): Promise<NewSigningKey> => {
  const pair = await generateKeyPair(accessTokenClaims.alg, { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const private_key_encrypted = await new CompactEncrypt(
    new TextEncoder().encode(JSON.stringify(await exportJWK(pair.privateKey))),
  )
    .setProtectedHeader({ ...encryption, kid })
    .encrypt(secret)
  return {
    public_jwk: { ...jwk, kty: 'OKP', kid, alg: accessTokenClaims.alg, use: 'sig' },
    private_key_encrypted,
  }
}

/** The private key of a row. Throws an error that says what to do when the secret is not the one it was encrypted with. */
export const decryptSigningKey = async (
  kid: string,
  private_key_encrypted: string,
  secret: Uint8Array,
): Promise<CryptoKey> => {
  const { plaintext, protectedHeader } = await compactDecrypt(private_key_encrypted, secret, {
    keyManagementAlgorithms: [encryption.alg],
    contentEncryptionAlgorithms: [encryption.enc],
  }).catch((cause: unknown) => {
    throw new Error(
      `Signing key ${kid} cannot be decrypted: KEY_ENCRYPTION_KEY is not the one it was encrypted with. ` +
        'Set that one again, or retire the key as the README of identity says.',
      { cause },
    )
  })
  const key = await importJWK(JSON.parse(new TextDecoder().decode(plaintext)), accessTokenClaims.alg)
  if (protectedHeader.kid !== kid || key instanceof Uint8Array)
    throw new Error(`The row of signing key ${kid} holds something else.`)
  return key
}
