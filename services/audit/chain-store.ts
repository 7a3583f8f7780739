// The SQL of the chain: which records wait for their seal, the seals, and the checkpoints that are signed over them.
import { statement } from '@deliveryflow/kit'

/** Whether this transaction has the turn to seal; it ends with the transaction. */
export const takeTurn = statement<[], { taken: boolean }>(
  'take_turn_to_seal',
  `select pg_try_advisory_xact_lock(hashtext('audit: seal')) as taken`,
)

/** Takes the turn to seal as soon as whoever has it is done; it ends with the transaction. */
export const waitForTurn = statement<[]>(
  'wait_for_turn_to_seal',
  `select pg_advisory_xact_lock(hashtext('audit: seal'))`,
)

/** The last seal, with how many stand since the last checkpoint and when that was signed. */
export const chainEnd = statement<[], { sequence: number; link: Buffer; unsigned: number; signed_at: Date | null }>(
  'chain_end',
  `select sequence, link, sequence - coalesce(signed.at, 0) as unsigned, signed.signed_at
   from (select sequence, link from seals order by sequence desc limit 1) as last
   left join (select sequence as at, signed_at from checkpoints order by sequence desc limit 1) as signed on true`,
)

/** Records that have no seal yet, in the order of the history. */
export const unsealed = statement<[after: number, limit: number], { sequence: number; hash: Buffer }>(
  'list_unsealed',
  'select sequence, hash from events where sequence > $1 and hash is not null order by sequence limit $2',
)

export const insertSeals = statement<[sequences: number[], links: Buffer[]]>(
  'insert_seals',
  'insert into seals (sequence, link) select * from unnest($1::bigint[], $2::bytea[])',
)

/** How many of these places are entered already, and the first that holds another record or another seal; a link of null is not compared. */
export const compare = statement<
  [sequences: number[], hashes: Buffer[], links: (Buffer | null)[]],
  { present: number; differs: number | null }
>(
  'compare_with_history',
  `select count(e.sequence) as present,
     min(sequence) filter (where e.hash is distinct from given.hash and e.sequence is not null or s.link <> given.link) as differs
   from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as given(sequence, hash, link)
   left join events e using (sequence) left join seals s using (sequence)`,
)

/** Enters seals that are not there yet. */
export const enterSeals = statement<[sequences: number[], links: Buffer[]]>(
  'enter_seals',
  'insert into seals (sequence, link) select * from unnest($1::bigint[], $2::bytea[]) on conflict do nothing',
)

/** The hash and the link of a place; null where it has none. */
export const sealOf = statement<[sequence: number], { hash: Buffer; link: Buffer }>(
  'seal_of',
  'select hash, link from seals join events using (sequence) where sequence = $1',
)

/** The first place between two where a chain begins: it has a seal and the place before it has none. */
export const beginningWithin = statement<[from: number, to: number], { sequence: number; hash: Buffer; link: Buffer }>(
  'beginning_within',
  `select sequence, hash, link from seals s join events using (sequence)
   where sequence between $1 and $2 and not exists (select from seals before where before.sequence = s.sequence - 1)
   order by sequence limit 1`,
)

/** Takes the seals and checkpoints away from a place on; the records stay, and are sealed again. */
export const unsealFrom = [
  statement<[sequence: number]>('remove_checkpoints', 'delete from checkpoints where sequence >= $1'),
  statement<[sequence: number]>('remove_seals', 'delete from seals where sequence >= $1'),
]

export const enterCheckpoint = statement<
  [sequence: number, link: Uint8Array, signed_at: Date, key_id: string, signature: Uint8Array]
>(
  'enter_checkpoint',
  'insert into checkpoints (sequence, link, signed_at, key_id, signature) values ($1, $2, $3, $4, $5) on conflict do nothing',
)

export const insertCheckpoint = statement<
  [sequence: number, link: Uint8Array, signed_at: Date, key_id: string, signature: Uint8Array]
>(
  'insert_checkpoint',
  'insert into checkpoints (sequence, link, signed_at, key_id, signature) values ($1, $2, $3, $4, $5)',
)

/** Notes a public key, once. */
export const noteKey = statement<[key_id: string, public_key: string]>(
  'note_signing_key',
  'insert into signing_keys (key_id, public_key) values ($1, $2) on conflict do nothing',
)
