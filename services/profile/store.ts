// The SQL of profile.
import { statement } from '@deliveryflow/kit'
import type { Profile } from './domain.ts'

/** Inserts profiles of new users. One that exists is kept: since then its owner may have edited it. */
export const insertProfiles = statement<[profiles: string, locale: Profile['locale']]>(
  'insert_profiles',
  `insert into profiles (user_id, email, name, locale)
   select user_id, email, name, $2 from jsonb_to_recordset($1::jsonb) as t(user_id uuid, email text, name text)
   on conflict do nothing`,
)

export const selectProfile = statement<[user_id: string], Profile>(
  'select_profile',
  'select user_id, email, name, phone, address, locale from profiles where user_id = $1',
)

/** The profiles of these users; one who has none is left out. */
export const selectProfiles = statement<[user_ids: string[]], Profile>(
  'select_profiles',
  'select user_id, email, name, phone, address, locale from profiles where user_id = any($1::uuid[])',
)

/** Locks a profile until it is saved, so that of two edits neither is lost. */
export const lockProfile = statement<[user_id: string], Profile>(
  'lock_profile',
  'select user_id, email, name, phone, address, locale from profiles where user_id = $1 for update',
)

export const updateProfile = statement<
  [user_id: string, name: string, phone: string | null, address: string | null, locale: Profile['locale']]
>(
  'update_profile',
  `update profiles set name = $2, phone = $3, address = $4, locale = $5, updated_at = now() where user_id = $1`,
)
