// What identity does by itself: the first administrator at start, and a look at the signing keys each minute.
import { type Background, isConnectionError, repeat } from '@deliveryflow/kit'
import { addUser, type IdentityContext } from './handlers.ts'
import * as store from './store.ts'

const minute = 60_000
const retryPause = 5000

/**
 * Starts the upkeep. While the database is away the service starts without it, and it is tried again; anything else that is
 * wrong (a KEY_ENCRYPTION_KEY that does not fit, a database without its tables) is thrown, so that the start says it.
 */
export const startUpkeep = async (context: IdentityContext): Promise<Background> => {
  const { log, keys } = context
  let begun = false
  const lookAfter = async () => {
    await keys.refresh(context)
    if (begun) return
    await keys.signer(context)
    await ensureAdmin(context)
    begun = true
  }

  await lookAfter().catch((error: unknown) => {
    if (!isConnectionError(error)) throw error
    log.warn({ err: error }, 'the upkeep waits for the database')
  })
  const pause = () => (begun ? minute : retryPause)
  return repeat(pause(), async () => {
    await lookAfter().catch((error: unknown) => log.error({ err: error }, 'the upkeep failed; it is tried again'))
    return pause()
  })
}

/**
 * Makes the administrator of ADMIN_EMAIL unless the address is known. A user who has it already keeps role and password: an
 * address can be registered by anybody, and must not become an administrator's by a restart.
 */
const ensureAdmin = async (context: IdentityContext): Promise<void> => {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = context.settings
  if (email === undefined || password === undefined) return
  const [known] = await store.selectUserByEmail(context.db, email)
  if (known && known.role !== 'admin')
    context.log.error(
      { user_id: known.user_id },
      'ADMIN_EMAIL belongs to a user who is no administrator; choose another',
    )
  if (known) return
  const made = await addUser({ email, password, name: 'Administrator', role: 'admin' }, context)
  if (made) context.log.info(made, 'the administrator of ADMIN_EMAIL was made')
}
