// The SQL of identity: users and signing keys. What lives for a while only (sessions, one-time tokens) is in Redis.
import type { Role } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit'
import type { JWK } from 'jose'
import type { KeySchedule } from './domain.ts'

export type User = { user_id: string; role: Role; session_epoch: number }
export type NewUser = { user_id: string; email: string; name: string; password_hash: string; role: Role }

/** Inserts a user unless the e-mail is taken: then no row comes back. */
export const insertUser = statement<
  [user_id: string, email: string, name: string, password_hash: string, role: Role],
  { user_id: string }
>(
  'insert_user',
  `insert into users (user_id, email, name, password_hash, role) values ($1, $2, $3, $4, $5)
   on conflict (email) do nothing returning user_id`,
)

/** The user of an e-mail address, with the password's hash and the epoch of the very same moment. */
export const selectUserByEmail = statement<[email: string], User & { password_hash: string }>(
  'select_user_by_email',
  'select user_id, role, session_epoch, password_hash from users where email = $1',
)

export const selectUser = statement<[user_id: string], User>(
  'select_user',
  'select user_id, role, session_epoch from users where user_id = $1',
)

export const selectAccount = statement<
  [user_id: string],
  { user_id: string; email: string; role: Role; email_verified: boolean }
>(
  'select_account',
  'select user_id, email, role, email_verified_at is not null as email_verified from users where user_id = $1',
)

/** Confirms the e-mail address; a second time changes nothing. */
export const markEmailVerified = statement<[user_id: string], { user_id: string }>(
  'mark_email_verified',
  `update users set email_verified_at = coalesce(email_verified_at, now()) where user_id = $1 returning user_id`,
)

/**
 * Sets a new password and ends every session, once for an epoch: of two resets with tokens of one epoch the second gets no
 * row. Who read the letter owns the address, so it is verified too.
 */
export const changePassword = statement<[user_id: string, epoch: number, password_hash: string], { email: string }>(
  'change_password',
  `update users set password_hash = $3, session_epoch = session_epoch + 1,
     email_verified_at = coalesce(email_verified_at, now())
   where user_id = $1 and session_epoch = $2 returning email`,
)

/** A public key as the key set shows it (RFC 7517). */
export type PublicKey = JWK & { kid: string; kty: string }
export type StoredKey = KeySchedule & { public_jwk: PublicKey; private_key_encrypted: string }

/** The keys that are still published. */
export const selectSigningKeys = statement<[now: Date], StoredKey>(
  'select_signing_keys',
  `select kid, public_jwk, private_key_encrypted, signs_from, retires_at
   from signing_keys where retires_at is null or retires_at > $1 order by signs_from`,
)

/** Lets one replica at a time decide on a new key, until its transaction ends. */
export const lockSigningKeys = statement<[]>(
  'lock_signing_keys',
  `select pg_advisory_xact_lock(hashtext('signing_keys'))`,
)

/** Says until when the present keys stay published. */
export const retireSigningKeys = statement<[retires_at: Date]>(
  'retire_signing_keys',
  'update signing_keys set retires_at = $1 where retires_at is null',
)

export const insertSigningKey = statement<
  [kid: string, public_jwk: PublicKey, private_key_encrypted: string, signs_from: Date]
>(
  'insert_signing_key',
  'insert into signing_keys (kid, public_jwk, private_key_encrypted, signs_from) values ($1, $2, $3, $4)',
)

/** Destroys the keys that nobody needs any more. */
export const deleteRetiredKeys = statement<[now: Date]>(
  'delete_retired_keys',
  'delete from signing_keys where retires_at <= $1',
)
