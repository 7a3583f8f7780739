// The SQL of notification: the log of letters, which is what keeps a letter from being sent twice.
import { statement } from '@deliveryflow/kit'
import type { BegunLetter } from './domain.ts'

/** The letter as the log knows it. `stale_ms`: how old a claim is whose worker cannot be alive. */
export const selectLetter = statement<[letter_key: string, stale_ms: number], BegunLetter>(
  'select_letter',
  `select status, claimed_at < now() - $2 * interval '1 millisecond' as stale from letters where letter_key = $1`,
)

/**
 * Claims a letter for one attempt to send it; a row comes back to the one who got it. Asking again with the same claim_id
 * gets it again: an answer that was lost with its connection does not lose the letter.
 */
export const claimLetter = statement<
  [letter_key: string, claim_id: string, user_id: string, kind: string, message_id: string],
  { letter_key: string }
>(
  'claim_letter',
  `insert into letters (letter_key, claim_id, user_id, kind, message_id) values ($1, $2, $3, $4, $5)
   on conflict (letter_key) do update set claimed_at = now()
     where letters.claim_id = excluded.claim_id and letters.status = 'SENDING'
   returning letter_key`,
)

/** The mail server took it. Also true of a letter that was given up in the meantime. */
export const markSent = statement<[letter_key: string, claim_id: string]>(
  'mark_letter_sent',
  `update letters set status = 'SENT', sent_at = now() where letter_key = $1 and claim_id = $2 and status <> 'SENT'`,
)

/** The mail server did not take it: as if it had never been begun. */
export const releaseLetter = statement<[letter_key: string, claim_id: string]>(
  'release_letter',
  `delete from letters where letter_key = $1 and claim_id = $2 and status = 'SENDING'`,
)

/** Nobody knows whether the mail server took it. */
export const markUncertain = statement<[letter_key: string, claim_id: string]>(
  'mark_letter_uncertain',
  `update letters set status = 'UNCERTAIN' where letter_key = $1 and claim_id = $2 and status = 'SENDING'`,
)

/** Gives up a letter whose worker is gone; a row comes back to the one who did. */
export const giveUpLetter = statement<[letter_key: string, stale_ms: number], { letter_key: string }>(
  'give_up_letter',
  `update letters set status = 'UNCERTAIN'
   where letter_key = $1 and status = 'SENDING' and claimed_at < now() - $2 * interval '1 millisecond'
   returning letter_key`,
)
