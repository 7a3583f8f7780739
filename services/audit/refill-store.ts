// The SQL of an index that is built anew: what the one that serves holds at its places.
import { statement } from '@deliveryflow/kit'
import { type RecordRow, recordColumns } from './store.ts'

/** The records that can be proved, behind a place and up to another one. */
export const selectRecords = statement<[after: number, upto: number], RecordRow>(
  'select_records_to_refill',
  `select ${recordColumns}
   from events where sequence > $1 and sequence <= $2 and hash is not null`,
)

export type SealRow = { sequence: number; link: Buffer; begins: number }

/** The links from a place on, itself too, and where the chain begins. */
export const selectSeals = statement<[from: number, upto: number], SealRow>(
  'select_seals_to_refill',
  `select sequence, link, (select min(sequence) from seals) as begins from seals where sequence >= $1 and sequence <= $2`,
)

/** Takes over what was entered before there was a chain: nothing is known of it but what the index holds. */
export const copyUnproved = statement<[after: number, upto: number]>(
  'copy_unproved',
  `insert into shadow.events select * from public.events where sequence > $1 and sequence <= $2 and hash is null`,
)
