// When a failed message is tried again.

/** After so many attempts a message that still fails goes to the dead letters. */
export const maxAttempts = 8

/**
 * Milliseconds until the next attempt: exponential from 0.5 s to 60 s, with full jitter on the upper half so that what
 * failed together does not come back together (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 */
export const backoff = (attempt: number, random: () => number = Math.random): number => {
  const ceiling = Math.min(60_000, 500 * 2 ** (attempt - 1))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
