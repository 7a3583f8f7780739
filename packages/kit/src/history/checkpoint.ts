// A signed statement of what the last link was at a place of the history: who cannot sign cannot write the chain anew.
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto'

/** `link`: that of the record at `sequence`. `key_id`: which key signed. */
export type Checkpoint = {
  readonly sequence: number
  readonly link: Uint8Array
  readonly signed_at: Date
  readonly key_id: string
  readonly signature: Uint8Array
}

/** A private key to sign with, and the public one that everybody may have. */
export type SigningKey = { readonly id: string; readonly private: KeyObject; readonly public: KeyObject }

/** What stands before the 32 bytes of an Ed25519 private key in PKCS 8. Source: RFC 8410, section 7. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The Ed25519 key of 32 random bytes in base64url. Throws a RangeError for anything else. */
export const readSigningKey = (seed: string): SigningKey => {
  const bytes = Buffer.from(seed, 'base64url')
  if (bytes.length !== 32) throw new RangeError(`A signing key is 32 bytes in base64url; these are ${bytes.length}.`)
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, bytes]), format: 'der', type: 'pkcs8' })
  const of = createPublicKey(key)
  return { id: keyId(of), private: key, public: of }
}

/** The first 16 hex digits of the SHA-256 of a public key (SPKI). */
export const keyId = (key: KeyObject): string =>
  hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 16)

/** Public keys in PEM by their ids; null when one of them is none. */
export const readPublicKeys = (pems: readonly string[]): Map<string, KeyObject> | null => {
  try {
    return new Map(pems.map((pem) => createPublicKey(pem)).map((key) => [keyId(key), key]))
  } catch {
    return null
  }
}

type Statement = Pick<Checkpoint, 'sequence' | 'link' | 'signed_at' | 'key_id'>

const textOf = ({ sequence, link, signed_at, key_id }: Statement): Buffer =>
  Buffer.from(
    `DeliveryFlow history checkpoint 1\n${sequence}\n${Buffer.from(link).toString('hex')}\n${signed_at.toISOString()}\n${key_id}\n`,
  )

/** Signs the link of a place. Source: RFC 8032 (Ed25519). */
export const signCheckpoint = (
  key: SigningKey,
  sequence: number,
  link: Uint8Array,
  signed_at = new Date(),
): Checkpoint => {
  const statement = { sequence, link, signed_at, key_id: key.id }
  return { ...statement, signature: sign(null, textOf(statement), key.private) }
}

/** Whether the checkpoint was signed with the key and says what it said then. */
export const isSigned = (checkpoint: Checkpoint, key: KeyObject): boolean =>
  keyId(key) === checkpoint.key_id && verify(null, textOf(checkpoint), key, checkpoint.signature)
