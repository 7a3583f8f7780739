// What profile decides: what a profile is after an edit. Pure.
import type { getProfile, InputOf, OutputOf, updateProfile } from '@deliveryflow/contracts'

export type Profile = OutputOf<typeof getProfile>
export type Changes = InputOf<typeof updateProfile>

/** A profile with the given fields changed. A field that is not given stays; null empties one that may be empty. */
export const edited = (profile: Profile, { name, phone, address, locale }: Changes): Profile => ({
  ...profile,
  name: name ?? profile.name,
  phone: phone === undefined ? profile.phone : phone,
  address: address === undefined ? profile.address : address,
  locale: locale ?? profile.locale,
})
