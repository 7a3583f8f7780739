// For each message and call of profile: load, decide, save.
import type { getContacts, getProfile, topology, updateProfile, userRegistered } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type HearOf, reject, rowsOf } from '@deliveryflow/kit'
import { edited, type Profile } from './domain.ts'
import * as store from './store.ts'

type Place = typeof topology.profile
export type ProfileContext = Context<Place, { DEFAULT_LOCALE: Profile['locale'] }>
type Answer<R> = AnswerOf<R, ProfileContext>

export const addProfiles: HearOf<typeof userRegistered, Place, ProfileContext> = {
  effects: 'none',
  batch: async (messages, tx, { settings }) => {
    await store.insertProfiles(tx, rowsOf(messages.map(({ data }) => data)), settings.DEFAULT_LOCALE)
  },
}

export const ownProfile: Answer<typeof getProfile> = async (_input, { db }, caller) => {
  const [profile] = await store.selectProfile(db, caller.user_id)
  return profile ?? reject('not_found', 'Your profile is not there yet; try again in a moment.')
}

export const editProfile: Answer<typeof updateProfile> = async (changes, { transaction }, caller) =>
  transaction(async (tx) => {
    const [profile] = await store.lockProfile(tx, caller.user_id)
    if (!profile) return reject('not_found', 'Your profile is not there yet; try again in a moment.')
    const { user_id, email, name, phone, address, locale } = edited(profile, changes)
    await store.updateProfile(tx, user_id, name, phone, address, locale)
    return { user_id, email, name, phone, address, locale }
  })

export const contactsOf: Answer<typeof getContacts> = async ({ user_ids }, { db }) => ({
  contacts: await store.selectProfiles(db, user_ids),
})
