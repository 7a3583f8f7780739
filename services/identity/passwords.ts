// Password hashes: argon2id with the parameters OWASP names, a bounded number at a time. Limits on guessing are elsewhere.
import { randomBytes } from 'node:crypto'
import { BulkheadRejectedError, bulkhead, Unavailable } from '@deliveryflow/kit'
import { hash, verify } from '@node-rs/argon2'

export type Passwords = {
  /** The hash of a password in PHC form, with its own salt. */
  hash(password: string): Promise<string>
  /** Whether a password is the one of a hash. Without a hash the answer is no, after the same work. */
  verify(password: string, passwordHash: string | undefined): Promise<boolean>
}

// argon2id is the library's default algorithm; its constant cannot be imported under isolatedModules.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** How many may wait for each that is being hashed: longer than a call's deadline nobody should wait. */
const waitingForEach = 50

/**
 * Makes the hasher; at most `concurrency` run at once, as each takes 19 MiB and one core. Both functions throw
 * `Unavailable` when too many wait. Parameters: OWASP Password Storage Cheat Sheet.
 */
export const openPasswords = async (concurrency: number): Promise<Passwords> => {
  const limit = bulkhead(concurrency, concurrency * waitingForEach)
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await limit.execute(work)
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error
      throw new Unavailable('Too many people sign in at this moment. Try again in a few seconds.', { cause: error })
    }
  }
  const nobodys = await hash(randomBytes(32), parameters)
  return {
    hash: (password) => bounded(() => hash(password, parameters)),
    verify: async (password, passwordHash) => {
      const right = await bounded(() => verify(passwordHash ?? nobodys, password))
      return right && passwordHash !== undefined
    },
  }
}
