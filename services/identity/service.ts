// identity on one screen: who a user is, how one signs in, and the tokens that prove it.
import { email, topology } from '@deliveryflow/contracts'
import { defineService, fromRedis, openRedis } from '@deliveryflow/kit'
import { z } from 'zod'
import * as handle from './handlers.ts'
import { openKeyRing } from './keys.ts'
import { letterTokensIn } from './letter-tokens.ts'
import { limitsIn } from './limits.ts'
import { openPasswords } from './passwords.ts'
import { sessionsIn } from './sessions.ts'
import { startUpkeep } from './upkeep.ts'

const day = 24 * 60 * 60
const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback)

export default defineService(topology.identity, {
  settings: z.object({
    KEY_ENCRYPTION_KEY: z
      .string()
      .regex(/^[\w-]{43}$/, '32 bytes in base64url are 43 characters')
      .describe(
        'secret: encrypts the signing keys in the database; 32 random bytes in base64url, the same for all replicas',
      ),
    SIGNING_KEY_DAYS: count(30, 3650).describe('days a signing key is used before the next one'),
    ACCESS_TOKEN_SECONDS: count(900, 3600).describe('seconds an access token is good'),
    SESSION_DAYS: count(30, 365).describe('days after which one must sign in again, however active'),
    REFRESH_LEEWAY_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(60)
      .default(10)
      .describe('seconds in which a spent refresh token leads to the newest, for an answer that was lost; 0: never'),
    PASSWORD_HASH_CONCURRENCY: count(2, 64).describe('passwords hashed at once; each takes a core and 19 MiB'),
    ADMIN_EMAIL: email.optional().describe('e-mail of the administrator made at start; needs ADMIN_PASSWORD'),
    ADMIN_PASSWORD: z.string().min(8).max(200).optional().describe('secret: password of that administrator'),
  }),
  open: async ({ settings, log }) => {
    if ((settings.ADMIN_EMAIL === undefined) !== (settings.ADMIN_PASSWORD === undefined))
      throw new Error('identity cannot start; give both ADMIN_EMAIL and ADMIN_PASSWORD, or neither.')
    const passwords = await openPasswords(settings.PASSWORD_HASH_CONCURRENCY)
    const redis = openRedis(settings.REDIS_URL, log)
    return {
      resources: {
        sessions: sessionsIn(redis, {
          lifetime_s: settings.SESSION_DAYS * day,
          leeway_s: settings.REFRESH_LEEWAY_SECONDS,
        }),
        letterTokens: letterTokensIn(redis),
        limits: limitsIn(redis),
        passwords,
        keys: openKeyRing(settings.KEY_ENCRYPTION_KEY, {
          signing_ms: settings.SIGNING_KEY_DAYS * day * 1000,
          token_ms: settings.ACCESS_TOKEN_SECONDS * 1000,
        }),
      },
      ready: async () => void (await fromRedis(redis.ping())),
      close: async () => redis.disconnect(),
    }
  },
  hears: {},
  answers: {
    'auth.register': handle.registerCustomer,
    'auth.create_user': handle.createUserOfRole,
    'auth.login': handle.signIn,
    'auth.refresh': handle.refreshTokens,
    'auth.logout': handle.signOut,
    'auth.verify': handle.verifyAccess,
    'auth.jwks': handle.publishedKeys,
    'auth.get_account': handle.account,
    'auth.verify_email': handle.confirmEmail,
    'auth.resend_verification': handle.askForVerification,
    'auth.request_password_reset': handle.askForReset,
    'auth.reset_password': handle.setNewPassword,
    'auth.issue_letter_token': handle.issueToken,
  },
  background: startUpkeep,
})
