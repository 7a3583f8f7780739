// The SQL of notification: the log of letters, which is what keeps a letter from being sent twice.
//
// Every statement takes many letters, and locks them in the order of their keys: workers that have some of the same letters
// in hand wait for each other, and never in a circle.
import { statement } from '@deliveryflow/kit'
import type { BegunLetter } from './domain.ts'

/** An attempt to send a letter; `claim_id` rises with the time at which the attempts of one worker began. */
export type Attempt = { letter_key: string; claim_id: string }
export type Claim = Attempt & { user_id: string; kind: string; message_id: string }

/** The letters that were begun, as the log knows them. `stale_ms`: how old a claim is whose worker cannot be alive. */
export const selectLetters = statement<
  [letter_keys: readonly string[], stale_ms: number],
  BegunLetter & { letter_key: string }
>(
  'select_letters',
  `select letter_key, status, claimed_at < now() - $2 * interval '1 millisecond' as stale
   from letters where letter_key = any($1::text[])`,
)

/**
 * Claims letters, each for one attempt to send it; the attempts that got theirs come back. Asking again with the same claim_id
 * gets it again: an answer that was lost with its connection does not lose the letter. Of several attempts at one letter
 * the earliest is heard, which may be the one that has it already.
 */
export const claimLetters = statement<[claims: string], { claim_id: string }>(
  'claim_letters',
  `insert into letters (letter_key, claim_id, user_id, kind, message_id)
   select distinct on (letter_key) letter_key, claim_id, user_id, kind, message_id
     from jsonb_to_recordset($1::jsonb) as t(letter_key text, claim_id uuid, user_id uuid, kind text, message_id text)
     order by letter_key, claim_id
   on conflict (letter_key) do update set claimed_at = now()
     where letters.claim_id = excluded.claim_id and letters.status = 'SENDING'
   returning claim_id`,
)

const attempted = `attempted as (
  select letter_key, claim_id
  from letters join jsonb_to_recordset($1::jsonb) as t(letter_key text, claim_id uuid) using (letter_key, claim_id)
  order by letter_key for update of letters)`

/** The mail server took them. Also true of a letter that was given up in the meantime. */
export const markSent = statement<[attempts: string]>(
  'mark_letters_sent',
  `with ${attempted}
   update letters set status = 'SENT', sent_at = now() from attempted a
   where letters.letter_key = a.letter_key and letters.claim_id = a.claim_id and status <> 'SENT'`,
)

/** The mail server did not take them: as if they had never been begun. */
export const releaseLetters = statement<[attempts: string]>(
  'release_letters',
  `with ${attempted}
   delete from letters using attempted a
   where letters.letter_key = a.letter_key and letters.claim_id = a.claim_id and status = 'SENDING'`,
)

/** Nobody knows whether the mail server took them. */
export const markUncertain = statement<[attempts: string]>(
  'mark_letters_uncertain',
  `with ${attempted}
   update letters set status = 'UNCERTAIN' from attempted a
   where letters.letter_key = a.letter_key and letters.claim_id = a.claim_id and status = 'SENDING'`,
)

/** Gives up those of these letters whose workers are gone; they come back to the one who did. */
export const giveUpLetters = statement<[letter_keys: readonly string[], stale_ms: number], { letter_key: string }>(
  'give_up_letters',
  `with stale as (
     select letter_key from letters
     where letter_key = any($1::text[]) and status = 'SENDING' and claimed_at < now() - $2 * interval '1 millisecond'
     order by letter_key for update)
   update letters set status = 'UNCERTAIN' from stale where letters.letter_key = stale.letter_key
   returning letters.letter_key`,
)
