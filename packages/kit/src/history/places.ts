// Walks over the places of the history as audit's database keeps them: what verify judges and export writes, a stretch at a time.
import { type Queryable, statement } from '../postgres/statement.ts'
import { genesis } from './record.ts'
import type { SealedRecord } from './segment.ts'

/** The first and the last place that has a record or a seal; null where there is none. */
export const reach = statement<[], { first: number | null; last: number | null }>(
  'reach',
  `select least((select min(sequence) from events), (select min(sequence) from seals)) as first,
     greatest((select max(sequence) from events), (select max(sequence) from seals)) as last`,
)

export const lastSeal = statement<[], { sequence: number }>(
  'last_seal',
  'select sequence from seals order by sequence desc limit 1',
)

/** A place of a stretch; `record_sequence` is null where the record is gone, `link` where the seal is. */
type PlaceRow = {
  sequence: number
  record_sequence: number | null
  nats_subject: string | null
  headers: string | null
  data: string | null
  body: Buffer | null
  stored_at: Date | null
  link: Buffer | null
}

/** The places of a stretch, in their order; one that has neither record nor seal is left out. */
const selectPlaces = statement<[from: number, to: number], PlaceRow>(
  'select_places',
  `select coalesce(e.sequence, s.sequence) as sequence, e.sequence as record_sequence, e.nats_subject, e.headers::text as headers,
     e.data::text as data, e.body, coalesce(e.stored_at, e.received_at) as stored_at, s.link
   from (select * from events where sequence between $1 and $2) as e
   full join (select * from seals where sequence between $1 and $2) as s using (sequence)
   order by 1`,
)

/** The link of a place; none where it has no seal. */
export const selectLink = statement<[sequence: number], { link: Buffer }>(
  'select_link',
  'select link from seals where sequence = $1',
)

export type CheckpointRow = { sequence: number; link: Buffer; signed_at: Date; key_id: string; signature: Buffer }

export const selectCheckpoints = statement<[from: number, to: number], CheckpointRow>(
  'select_checkpoints',
  `select sequence, link, signed_at, key_id, signature from checkpoints where sequence between $1 and $2 order by sequence`,
)

export const selectKeys = statement<[], { key_id: string; public_key: string; since: Date }>(
  'select_signing_keys',
  'select key_id, public_key, since from signing_keys order by since, key_id',
)

/** A place as it is kept: `record` is null where that is gone, `link`, like that of the record, where the seal is. */
export type KeptPlace = { sequence: number; record: SealedRecord | null; link: Buffer | null }
/** From one place to another, both of them. */
export type Places = { from: number; to: number }

const stretch = 5000

/** The places between two, in their order. The next stretch is read while the one in hand is judged. */
export async function* stretches(db: Queryable, from: number, to: number): AsyncGenerator<KeptPlace[]> {
  const read = async (first: number): Promise<KeptPlace[] | null> => {
    if (first > to) return null
    const places = await selectPlaces(db, first, Math.min(to, first + stretch - 1))
    return places.map(keptOf)
  }
  let next = read(from)
  for (let first = from; first <= to; first += stretch) {
    const here = await next
    next = read(first + stretch)
    next.catch(() => undefined) // Whoever ends early asks no more; whoever goes on meets the error above.
    if (here) yield here
  }
}

/** The link that the record at a place was chained to: of the place before, or the genesis at the first of the chain. */
export const linkBefore = async (db: Queryable, sequence: number): Promise<Buffer> =>
  (await selectLink(db, sequence - 1))[0]?.link ?? genesis

const keptOf = ({ sequence, record_sequence, link, ...row }: PlaceRow): KeptPlace => ({
  sequence,
  link,
  record: record_sequence === null ? null : { sequence, link, ...recordOf(row) },
})

const recordOf = ({
  nats_subject,
  headers,
  data,
  body,
  stored_at,
}: Omit<PlaceRow, 'sequence' | 'record_sequence' | 'link'>) => ({
  subject: nats_subject ?? '',
  headers: JSON.parse(headers ?? '[]') as [string, string][],
  body: body ?? Buffer.from(data ?? ''),
  stored_at: stored_at ?? new Date(0),
})
