// Waiting for what is not there yet while a system starts: one loop for all of it. What waiting can't heal is the caller's to know.
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from './reason.ts'

/** How long to wait for what does not answer yet, in milliseconds, and whom to tell what is waited for. */
export type Patience = { wait_ms: number; report(line: string): void }

/**
 * Tries `attempt` again each second while `heals` says so and there is patience, and tells each new reason once. Throws the last reason
 * with what it waited for, or at once what waiting can't heal.
 */
export const until = async <T>(
  what: string,
  { wait_ms, report }: Patience,
  attempt: () => Promise<T>,
  heals: (error: unknown) => boolean = () => true,
): Promise<T> => {
  const deadline = Date.now() + wait_ms
  for (let told = ''; ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (!heals(error)) throw error
      const reason = reasonOf(error)
      const waited = wait_ms > 0 ? ` after ${wait_ms / 1000} s of waiting` : ''
      if (Date.now() >= deadline) throw new Error(`${what}${waited}: ${reason}`, { cause: error })
      if (reason !== told) report(`waiting for ${what}: ${reason}`)
      told = reason
      await sleep(1000)
    }
  }
}
