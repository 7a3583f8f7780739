// profile on one screen: how a user is reached.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { z } from 'zod'
import * as handle from './handlers.ts'

export default defineService(topology.profile, {
  settings: z.object({
    DEFAULT_LOCALE: z.enum(['en', 'ru']).default('en').describe('language of the letters until a user chooses'),
  }),
  hears: {
    user_registered: handle.addProfiles,
  },
  answers: {
    'profile.get': handle.ownProfile,
    'profile.update': handle.editProfile,
    'profile.get_contacts': handle.contactsOf,
  },
})
