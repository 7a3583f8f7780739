// profile: how a user is reached.
import { z } from 'zod'
import { operation } from './http.ts'
import { rpc, userRpc } from './rpc.ts'
import { address, email, id, nothing, text } from './values.ts'

const contact = z
  .object({
    user_id: id,
    email,
    name: z.string(),
    phone: z.string().nullable(),
    address: z.string().nullable(),
    locale: z.enum(['en', 'ru']),
  })
  .meta({ id: 'Profile' })

const changes = z.strictObject({
  name: text.trim().min(1).max(100).optional(),
  phone: z
    .string()
    .regex(/^\+?[0-9 ()-]{5,20}$/, 'digits, spaces, () and -, with an optional leading +')
    .nullable()
    .optional(),
  address: address.nullable().optional(),
  locale: z.enum(['en', 'ru']).optional(),
})

export const getProfile = userRpc('profile.get', {
  about: 'The contact data of the caller.',
  input: nothing,
  output: contact,
  rejections: ['not_found'],
  idempotent: true,
})

export const updateProfile = userRpc('profile.update', {
  about: 'Changes the fields that are given and leaves the others.',
  input: changes,
  output: contact,
  rejections: ['not_found'],
  idempotent: true,
})

export const getContacts = rpc('profile.get_contacts', {
  about: 'The contact data of these users, for the notification workers; users without a profile are left out.',
  input: z.strictObject({ user_ids: z.array(id).min(1).max(100) }),
  output: z.object({ contacts: z.array(contact) }),
  rejections: [],
  idempotent: true,
})

export const profileHttp = [
  operation({
    id: 'getProfile',
    method: 'get',
    path: '/api/profile',
    about: getProfile.about,
    access: 'user',
    status: 200,
    response: contact,
    problems: ['not_found'],
    rpc: getProfile,
  }),
  operation({
    id: 'updateProfile',
    method: 'put',
    path: '/api/profile',
    about: updateProfile.about,
    access: 'user',
    body: changes,
    status: 200,
    response: contact,
    problems: ['not_found'],
    rpc: updateProfile,
  }),
] as const
