// identity: who a user is, how one signs in, and the tokens that prove it.
import { z } from 'zod'
import { operation } from './http.ts'
import { event } from './message.ts'
import { adminRpc, rpc, userRpc } from './rpc.ts'
import { email, id, nothing, role, text } from './values.ts'

const name = text.trim().min(1).max(100)
const password = text.min(8, 'at least 8 characters').max(200)
const secret = text.min(1).max(2000)

/** What every access token says of itself, beside `sub` (the user) and `role`; its readers check each (RFC 9068). */
export const accessTokenClaims = {
  issuer: 'deliveryflow',
  audience: 'deliveryflow-api',
  alg: 'EdDSA',
  typ: 'at+jwt',
} as const

export const userRegistered = event('user_registered', {
  about: 'A user exists. Profile, account and the welcome letter follow.',
  aggregate: 'user_id',
  data: z.object({ user_id: id, email, name, role }),
})

export const passwordResetRequested = event('password_reset_requested', {
  about: 'A user asked for a new password. The token is not in here: the worker that writes the letter asks for it.',
  aggregate: 'user_id',
  data: z.object({ user_id: id }),
})

export const emailVerificationRequested = event('email_verification_requested', {
  about: 'A user asked for the verification letter again. The token is not in here either.',
  aggregate: 'user_id',
  data: z.object({ user_id: id }),
})

const registration = z.strictObject({ email, password, name })
const credentials = z.strictObject({ email, password: secret })
const accessToken = z
  .object({ access_token: z.string(), expires_in: z.int(), token_type: z.literal('Bearer') })
  .meta({ id: 'AccessToken', description: 'expires_in: seconds the access token is good for' })
const tokens = accessToken
  // Optional: an identity of the version before, which answers while it is replaced, does not say it.
  .extend({ refresh_token: z.string(), refresh_expires_in: z.int().optional() })
  .meta({
    id: 'Tokens',
    description:
      'Seconds: expires_in, of the access token; refresh_expires_in, of the session, which no refresh lengthens',
  })
const account = z.object({ user_id: id, email, role, email_verified: z.boolean() }).meta({ id: 'Account' })
const refreshToken = z.strictObject({ refresh_token: secret })

export const register = rpc('auth.register', {
  about: 'Registers a customer.',
  input: registration,
  output: z.object({ user_id: id }),
  rejections: ['email_taken'],
  idempotent: false,
})

export const createUser = adminRpc('auth.create_user', {
  about: 'Registers a user of any role; for administrators.',
  input: registration.extend({ role }),
  output: z.object({ user_id: id }),
  rejections: ['email_taken'],
  idempotent: false,
})

export const login = rpc('auth.login', {
  about: 'Exchanges e-mail and password for tokens. Every wrong credential answers alike.',
  input: credentials,
  output: tokens,
  rejections: ['invalid_credentials', 'too_many_requests', 'unavailable'],
  idempotent: false,
})

export const refresh = rpc('auth.refresh', {
  about: [
    'Exchanges a refresh token for new tokens. Shown again within seconds, as the answer was lost, it leads to the',
    'same next one; later a spent token ends its whole session (RFC 9700, 4.14.2).',
  ].join(' '),
  input: refreshToken,
  output: tokens,
  rejections: ['invalid_credentials', 'unavailable'],
  idempotent: false,
})

export const logout = rpc('auth.logout', {
  about: 'Ends the session of a refresh token; an unknown token is no error.',
  input: refreshToken,
  output: nothing,
  rejections: ['unavailable'],
  idempotent: true,
})

export const verifyToken = rpc('auth.verify', {
  about: 'Says whose access token this is.',
  input: z.strictObject({ access_token: secret }),
  output: z.object({ user_id: id, role, expires_at: z.iso.datetime() }),
  rejections: ['invalid_credentials'],
  idempotent: true,
})

export const jwks = rpc('auth.jwks', {
  about: 'The public keys that access tokens are signed with (RFC 7517).',
  input: nothing,
  output: z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })) }),
  rejections: [],
  idempotent: true,
})

export const verifyEmail = rpc('auth.verify_email', {
  about: 'Confirms the e-mail address by the token of the letter.',
  input: z.strictObject({ token: secret }),
  output: z.object({ user_id: id }),
  rejections: ['invalid_token', 'unavailable'],
  idempotent: false,
})

export const resendVerification = userRpc('auth.resend_verification', {
  about: 'Sends the verification letter to the caller again, unless the address is verified.',
  input: nothing,
  output: nothing,
  rejections: ['not_found', 'email_verified', 'too_many_requests', 'unavailable'],
  idempotent: false,
})

export const getAccount = userRpc('auth.get_account', {
  about: 'The account of the caller, and whether its e-mail address is verified.',
  input: nothing,
  output: account,
  rejections: ['not_found'],
  idempotent: true,
})

export const requestPasswordReset = rpc('auth.request_password_reset', {
  about: 'Sends a reset letter when the address is known; answers alike when it is not.',
  input: z.strictObject({ email }),
  output: nothing,
  rejections: ['too_many_requests', 'unavailable'],
  idempotent: false,
})

export const resetPassword = rpc('auth.reset_password', {
  about: 'Sets a new password by the token of the letter and ends every session.',
  input: z.strictObject({ token: secret, password }),
  output: nothing,
  rejections: ['invalid_token', 'unavailable'],
  idempotent: false,
})

export const issueLetterToken = rpc('auth.issue_letter_token', {
  about: 'Makes the one-time token of a letter. Only the notification workers may ask.',
  input: z.strictObject({ user_id: id, purpose: z.enum(['verify_email', 'password_reset']) }),
  output: z.object({ token: z.string() }),
  rejections: ['not_found', 'unavailable'],
  idempotent: true,
})

export const identityHttp = [
  operation({
    id: 'register',
    method: 'post',
    path: '/api/auth/register',
    about: register.about,
    access: 'public',
    body: registration,
    status: 201,
    response: register.output,
    problems: ['email_taken'],
    rpc: register,
  }),
  operation({
    id: 'login',
    method: 'post',
    path: '/api/auth/login',
    about: login.about,
    access: 'public',
    body: credentials,
    status: 200,
    response: tokens,
    problems: ['invalid_credentials', 'too_many_requests', 'unavailable'],
    rpc: login,
  }),
  operation({
    id: 'refresh',
    method: 'post',
    path: '/api/auth/refresh',
    about: refresh.about,
    access: 'public',
    body: refreshToken,
    status: 200,
    response: tokens,
    problems: ['invalid_credentials', 'unavailable'],
    rpc: refresh,
  }),
  operation({
    id: 'logout',
    method: 'post',
    path: '/api/auth/logout',
    about: logout.about,
    access: 'public',
    body: refreshToken,
    status: 200,
    response: nothing,
    problems: ['unavailable'],
    rpc: logout,
  }),
  operation({
    id: 'startSession',
    method: 'post',
    path: '/api/session',
    about: [
      'Signs in from a page of this origin. The access token is answered; the refresh token goes into a cookie that no',
      'script can read and that comes back to `/api/session` alone.',
    ].join(' '),
    access: 'public',
    body: credentials,
    status: 200,
    response: accessToken,
    problems: ['invalid_credentials', 'cross_origin', 'too_many_requests', 'unavailable'],
  }),
  operation({
    id: 'renewSession',
    method: 'post',
    path: '/api/session/renew',
    about: 'Gives a page of this origin a new access token by its cookie. Without a cookie: 401 `unauthenticated`.',
    access: 'public',
    status: 200,
    response: accessToken,
    problems: ['unauthenticated', 'invalid_credentials', 'cross_origin', 'unavailable'],
  }),
  operation({
    id: 'endSession',
    method: 'post',
    path: '/api/session/end',
    about:
      'Signs a page of this origin out: the session ends and the cookie goes. Without a cookie nothing is to be done.',
    access: 'public',
    status: 200,
    response: nothing,
    problems: ['cross_origin', 'unavailable'],
  }),
  operation({
    id: 'getAccount',
    method: 'get',
    path: '/api/auth/me',
    about: getAccount.about,
    access: 'user',
    status: 200,
    response: account,
    problems: ['not_found'],
    rpc: getAccount,
  }),
  operation({
    id: 'verifyEmail',
    method: 'post',
    path: '/api/auth/verify-email',
    about: verifyEmail.about,
    access: 'public',
    body: verifyEmail.input,
    status: 200,
    response: verifyEmail.output,
    problems: ['invalid_token', 'unavailable'],
    rpc: verifyEmail,
  }),
  operation({
    id: 'resendVerification',
    method: 'post',
    path: '/api/auth/verify-email/resend',
    about: resendVerification.about,
    access: 'user',
    status: 200,
    response: nothing,
    problems: ['not_found', 'email_verified', 'too_many_requests', 'unavailable'],
    rpc: resendVerification,
  }),
  operation({
    id: 'requestPasswordReset',
    method: 'post',
    path: '/api/auth/password-reset',
    about: requestPasswordReset.about,
    access: 'public',
    body: requestPasswordReset.input,
    status: 200,
    response: nothing,
    problems: ['too_many_requests', 'unavailable'],
    rpc: requestPasswordReset,
  }),
  operation({
    id: 'resetPassword',
    method: 'post',
    path: '/api/auth/password-reset/confirm',
    about: resetPassword.about,
    access: 'public',
    body: resetPassword.input,
    status: 200,
    response: nothing,
    problems: ['invalid_token', 'unavailable'],
    rpc: resetPassword,
  }),
  operation({
    id: 'createUser',
    method: 'post',
    path: '/api/users',
    about: createUser.about,
    access: 'admin',
    body: createUser.input,
    status: 201,
    response: createUser.output,
    problems: ['email_taken'],
    rpc: createUser,
  }),
] as const
