// The log of letters as the handler of one letter uses it; letters that are in hand at the same time share its statements.
import { type Database, rowsOf } from '@deliveryflow/kit'
import { batched } from './batched.ts'
import * as store from './store.ts'

/** A worker that is alive holds a claim for less than this; see sendTimeout in mail.ts. */
const staleAfter = 30_000

/** Milliseconds that outcomes wait for each other: the mail server answers for one letter at a time. */
const gathering = 5

/** How far a letter was begun; undefined when it was not. */
export const find = batched(async (db: Database, letter_keys: readonly string[]) => {
  const rows = await store.selectLetters(db, letter_keys, staleAfter)
  const begun = new Map(rows.map(({ letter_key, ...letter }) => [letter_key, letter]))
  return letter_keys.map((letter_key) => begun.get(letter_key))
})

/** Claims a letter for one attempt to send it; true for the one attempt that got it, however often that one asks. */
export const claim = batched(async (db: Database, claims: readonly store.Claim[]) => {
  const claimed = new Set((await store.claimLetters(db, rowsOf(claims))).map(({ claim_id }) => claim_id))
  return claims.map(({ claim_id }) => claimed.has(claim_id))
})

/** Notes what became of an attempt; what each statement does with a letter is said in store.ts. */
const outcome = (note: typeof store.markSent) =>
  batched(async (db: Database, attempts: readonly store.Attempt[]) => {
    await note(db, rowsOf(attempts))
    return attempts.map(() => undefined)
  }, gathering)
export const markSent = outcome(store.markSent)
export const release = outcome(store.releaseLetters)
export const markUncertain = outcome(store.markUncertain)

/** Gives up a letter whose worker is gone; true for the one who did. */
export const giveUp = batched(async (db: Database, letter_keys: readonly string[]) => {
  const given = new Set((await store.giveUpLetters(db, letter_keys, staleAfter)).map(({ letter_key }) => letter_key))
  return letter_keys.map((letter_key) => given.has(letter_key))
})
