// The keys that sign access tokens: made when one is due, kept encrypted in PostgreSQL, held in memory by every replica.
import { type Database, type Log, type Queryable, Unavailable } from '@deliveryflow/kit'
import type { CryptoKey } from 'jose'
import { type KeyPolicy, rotationDue, signerAt } from './domain.ts'
import { decryptSigningKey, newSigningKey } from './signing-key.ts'
import * as store from './store.ts'

/** What the key ring needs of the service's context. */
export type KeyStore = {
  db: Database
  transaction: <T>(work: (tx: Queryable) => Promise<T>) => Promise<T>
  log: Log
}

export type Signer = { kid: string; key: CryptoKey }

export type KeyRing = {
  /** Reads the keys anew, and makes one when it is due; of many replicas one does. */
  refresh(from: KeyStore): Promise<void>
  /** The key that signs now. Throws when KEY_ENCRYPTION_KEY is not the one it was encrypted with. */
  signer(from: KeyStore): Promise<Signer>
  /** The public keys of all tokens that may still be good. */
  published(from: KeyStore): Promise<store.PublicKey[]>
}

/** Makes the key ring; it reads the keys when they are first asked for. `secret`: 32 bytes in base64url. */
export const openKeyRing = (secret: string, policy: KeyPolicy): KeyRing => {
  const encryptionKey = Buffer.from(secret, 'base64url')
  const decrypted = new Map<string, CryptoKey>()
  let keys: store.StoredKey[] = []
  let loading: Promise<void> | undefined

  const load = async (from: KeyStore) => {
    const now = new Date()
    let found = await store.selectSigningKeys(from.db, now)
    if (rotationDue(found, now, policy)) {
      await rotate(from, encryptionKey, policy)
      found = await store.selectSigningKeys(from.db, now)
    }
    keys = found
  }
  const refresh = (from: KeyStore): Promise<void> => {
    loading ??= load(from).finally(() => {
      loading = undefined
    })
    return loading
  }

  return {
    refresh,
    signer: async (from) => {
      if (!signerAt(keys, new Date(), policy)) await refresh(from)
      const stored = signerAt(keys, new Date(), policy)
      if (!stored) throw new Unavailable('There is no key to sign tokens with yet. Try again in a moment.')
      const { kid, private_key_encrypted } = stored
      const key = decrypted.get(kid) ?? (await decryptSigningKey(kid, private_key_encrypted, encryptionKey))
      decrypted.set(kid, key)
      return { kid, key }
    },
    published: async (from) => {
      if (keys.length === 0) await refresh(from)
      const now = new Date()
      return keys.flatMap((key) => (key.retires_at === null || key.retires_at > now ? [key.public_jwk] : []))
    },
  }
}

/** Makes the key that is due, unless another replica did while this one waited for its turn. */
const rotate = async ({ transaction, log }: KeyStore, encryptionKey: Uint8Array, policy: KeyPolicy): Promise<void> => {
  const kid = await transaction(async (tx) => {
    await store.lockSigningKeys(tx)
    const now = new Date()
    const due = rotationDue(await store.selectSigningKeys(tx, now), now, policy)
    if (!due) return undefined
    const { public_jwk, private_key_encrypted } = await newSigningKey(encryptionKey)
    await store.deleteRetiredKeys(tx, now)
    await store.retireSigningKeys(tx, due.predecessors_retire_at)
    await store.insertSigningKey(tx, public_jwk.kid, public_jwk, private_key_encrypted, due.signs_from)
    return public_jwk.kid
  })
  if (kid !== undefined) log.info({ kid }, 'a new key to sign access tokens was made')
}
