// For each call of identity: load, decide, save, emit. How secrets are made, kept and compared is in the files beside.
import {
  type createUser,
  emailVerificationRequested,
  type getAccount,
  type issueLetterToken,
  type jwks,
  type login,
  type logout,
  passwordResetRequested,
  type Role,
  type refresh,
  type register,
  type requestPasswordReset,
  type resendVerification,
  type resetPassword,
  type topology,
  userRegistered,
  type verifyEmail,
  type verifyToken,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, newId, reject } from '@deliveryflow/kit'
import { signAccessToken, verifyAccessToken } from './access-tokens.ts'
import { isOfEpoch } from './domain.ts'
import type { KeyRing } from './keys.ts'
import type { LetterTokens } from './letter-tokens.ts'
import type { Limits } from './limits.ts'
import type { Passwords } from './passwords.ts'
import type { Issued, Sessions } from './sessions.ts'
import * as store from './store.ts'

export type Resources = {
  sessions: Sessions
  letterTokens: LetterTokens
  limits: Limits
  passwords: Passwords
  keys: KeyRing
}
type Settings = { ACCESS_TOKEN_SECONDS: number; ADMIN_EMAIL?: string | undefined; ADMIN_PASSWORD?: string | undefined }
export type IdentityContext = Context<typeof topology.identity, Settings, Resources>
type Answer<R> = AnswerOf<R, IdentityContext>

type NewUser = { email: string; password: string; name: string; role: Role }

/** Makes a user and tells of it in one transaction; undefined when the e-mail is taken. */
export const addUser = async (
  { email, password, name, role }: NewUser,
  { passwords, transaction }: IdentityContext,
): Promise<{ user_id: string } | undefined> => {
  const password_hash = await passwords.hash(password)
  return transaction(async (tx) => {
    const [user] = await store.insertUser(tx, newId(), email, name, password_hash, role)
    if (user) tx.emit(userRegistered, { user_id: user.user_id, email, name, role })
    return user
  })
}

export const registerCustomer: Answer<typeof register> = async (input, context) =>
  (await addUser({ ...input, role: 'customer' }, context)) ?? emailTaken()

export const createUserOfRole: Answer<typeof createUser> = async (input, context) => {
  return (await addUser(input, context)) ?? emailTaken()
}

export const signIn: Answer<typeof login> = async ({ email, password }, context) => {
  const { db, limits, passwords, sessions } = context
  const wait = await limits.beforeLogin(email)
  if (wait !== null) return tooManyFailures(wait)
  const [user] = await store.selectUserByEmail(db, email)
  const right = await passwords.verify(password, user?.password_hash)
  const waitNow = await limits.afterLogin(email, right)
  if (waitNow !== null) return tooManyFailures(waitNow)
  if (!user || !right) return reject('invalid_credentials', 'The e-mail or the password is wrong.')
  const access_token = await accessTokenFor(user, context)
  return tokensOf(access_token, await sessions.begin({ user_id: user.user_id, epoch: user.session_epoch }), context)
}

export const refreshTokens: Answer<typeof refresh> = async ({ refresh_token }, context) => {
  const { db, log, sessions } = context
  const session = await sessions.find(refresh_token)
  if (!session) return sessionOver()
  const [user] = await store.selectUser(db, session.user_id)
  if (!user || !isOfEpoch(session, user)) {
    await sessions.end(refresh_token)
    return sessionOver()
  }
  // Signed before the old token is spent: when the database fails here, the client may try again with what it has.
  const access_token = await accessTokenFor(user, context)
  const next = await sessions.rotate(refresh_token)
  if (next === 'unknown') return sessionOver()
  if (next === 'reused') {
    log.warn({ user_id: user.user_id }, 'a spent refresh token was shown again; its session is ended')
    return sessionOver()
  }
  return tokensOf(access_token, next, context)
}

export const signOut: Answer<typeof logout> = async ({ refresh_token }, { sessions }) => {
  await sessions.end(refresh_token)
  return {}
}

export const verifyAccess: Answer<typeof verifyToken> = async ({ access_token }, context) =>
  (await verifyAccessToken(access_token, await context.keys.published(context))) ??
  reject('invalid_credentials', 'The access token is not valid or has expired. Sign in again or refresh it.')

export const publishedKeys: Answer<typeof jwks> = async (_input, context) => ({
  keys: await context.keys.published(context),
})

export const confirmEmail: Answer<typeof verifyEmail> = async ({ token }, { letterTokens, transaction, log }) => {
  const grant = await letterTokens.find('verify_email', token)
  if (!grant) return invalidToken()
  const [user] = await transaction((tx) => store.markEmailVerified(tx, grant.user_id))
  if (!user) return invalidToken()
  await afterwards(log, letterTokens.spend('verify_email', token))
  return user
}

export const account: Answer<typeof getAccount> = async (_input, { db }, { user_id }) => {
  const [user] = await store.selectAccount(db, user_id)
  return user ?? noUser()
}

export const askForVerification: Answer<typeof resendVerification> = async (_input, context, { user_id }) => {
  const { db, limits, transaction } = context
  const [user] = await store.selectAccount(db, user_id)
  if (!user) return noUser()
  if (user.email_verified) return reject('email_verified', 'The address is verified; no letter is needed.')
  const wait = await limits.onLetterRequest('verify_email', user.email)
  if (wait !== null) return tooManyLetters(wait)
  await transaction(async (tx) => tx.emit(emailVerificationRequested, { user_id }))
  return {}
}

export const askForReset: Answer<typeof requestPasswordReset> = async ({ email }, { db, limits, transaction }) => {
  const wait = await limits.onLetterRequest('password_reset', email)
  if (wait !== null) return tooManyLetters(wait)
  const [user] = await store.selectUserByEmail(db, email)
  if (user) await transaction(async (tx) => tx.emit(passwordResetRequested, { user_id: user.user_id }))
  return {}
}

export const setNewPassword: Answer<typeof resetPassword> = async ({ token, password }, context) => {
  const { letterTokens, limits, passwords, transaction, log } = context
  const grant = await letterTokens.find('password_reset', token)
  if (!grant) return invalidToken()
  const password_hash = await passwords.hash(password)
  const [user] = await transaction((tx) => store.changePassword(tx, grant.user_id, grant.epoch, password_hash))
  if (!user) return invalidToken()
  await afterwards(log, letterTokens.spend('password_reset', token), limits.forgive(user.email))
  return {}
}

export const issueToken: Answer<typeof issueLetterToken> = async ({ user_id, purpose }, { db, letterTokens }) => {
  const [user] = await store.selectUser(db, user_id)
  if (!user) return noUser()
  return { token: await letterTokens.issue(purpose, { user_id, epoch: user.session_epoch }) }
}

const accessTokenFor = async (user: store.User, context: IdentityContext): Promise<string> =>
  signAccessToken(await context.keys.signer(context), user, context.settings.ACCESS_TOKEN_SECONDS)

const tokensOf = (access_token: string, { token, expires_in }: Issued, { settings }: IdentityContext) => ({
  access_token,
  refresh_token: token,
  expires_in: settings.ACCESS_TOKEN_SECONDS,
  refresh_expires_in: expires_in,
  token_type: 'Bearer' as const,
})

/** Tidies up in Redis what a committed change has made worthless already; that it fails changes nothing for the caller. */
const afterwards = async (log: IdentityContext['log'], ...work: Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'rejected') log.warn({ err: result.reason }, 'spent tokens are left to expire')
  }
}

const emailTaken = () => reject('email_taken', 'Sign in with this e-mail, or ask for a new password.')
const noUser = () => reject('not_found', 'There is no user of this id.')
const sessionOver = () => reject('invalid_credentials', 'The session is over. Sign in again.')
const invalidToken = () => reject('invalid_token', 'Ask for a new letter: this token was used or is too old.')
const tooManyLetters = (seconds: number) =>
  reject('too_many_requests', 'Too many letters were asked for. Look for the last one, or try again later.', {
    retry_after: seconds,
  })
const tooManyFailures = (seconds: number) =>
  reject('too_many_requests', 'Too many failures for this account. Wait, or set a new password.', {
    retry_after: seconds,
  })
