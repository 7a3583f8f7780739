// What identity decides: which key signs, when a new one is due, and whether a session still counts. Pure; others do it.

/** When a signing key may be used. `retires_at`: when it is no longer published, null while it has no successor. */
export type KeySchedule = { kid: string; signs_from: Date; retires_at: Date | null }

/** How keys are rotated, in milliseconds. */
export type KeyPolicy = {
  /** How long a key signs before it gets a successor. */
  signing_ms: number
  /** How long a token is good. */
  token_ms: number
}

/** How long a new key is published before it signs, so that those who keep the key set know it by then. */
export const publishedAheadMs = 10 * 60_000

/** How much longer than its last token a key stays published: clocks differ, and caches lag. */
export const publishedBehindMs = 60 * 60_000

/**
 * The key that signs now: the newest whose time has come and whose last token would expire before it retires. Where none
 * has come yet (the first key, made by a replica whose clock is ahead) the earliest signs; undefined when there is none.
 */
export const signerAt = <K extends KeySchedule>(
  keys: readonly K[],
  now: Date,
  { token_ms }: KeyPolicy,
): K | undefined => {
  const fit = keys
    .filter(({ retires_at }) => retires_at === null || now.getTime() + token_ms < retires_at.getTime())
    .sort((a, b) => b.signs_from.getTime() - a.signs_from.getTime())
  return fit.find(({ signs_from }) => signs_from <= now) ?? fit.at(-1)
}

/** A key to be made, and until when those before it stay published. */
export type Rotation = { signs_from: Date; predecessors_retire_at: Date }

/**
 * The rotation that is due, or null. A key that has a predecessor is published before it signs; the first one, or one made
 * because nothing else may sign, signs at once.
 */
export const rotationDue = (keys: readonly KeySchedule[], now: Date, policy: KeyPolicy): Rotation | null => {
  const newest = Math.max(
    ...keys.filter(({ retires_at }) => retires_at === null).map((key) => key.signs_from.getTime()),
  )
  if (newest + policy.signing_ms > now.getTime()) return null
  const signs_from = new Date(now.getTime() + (signerAt(keys, now, policy) ? publishedAheadMs : 0))
  return {
    signs_from,
    predecessors_retire_at: new Date(signs_from.getTime() + policy.token_ms + publishedBehindMs),
  }
}

/** Whether a session, or a token of a letter, was made in its user's present epoch: a new password begins another one. */
export const isOfEpoch = (made: { epoch: number }, user: { session_epoch: number } | undefined): boolean =>
  user !== undefined && made.epoch === user.session_epoch
