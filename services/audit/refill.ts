// Fills the index that is built anew, place by place: from the stream what that still holds, else from the index that serves, and from the
// archive what neither holds as it was sealed.

import { genesis, linkOf, recordOf as recordOfStream } from '@deliveryflow/kit/history/record'
import { ownHeaders, storedFrom } from '@deliveryflow/kit/messaging/direct'
import { fillShadow } from '@deliveryflow/kit/projection/shadow'
import type { JetStreamClient } from '@nats-io/jetstream'
import { archivedRecords } from './archive/segment.ts'
import type { Archive } from './archive/storage.ts'
import * as store from './refill-store.ts'
import type { AuditContext } from './replay.ts'
import { type Hashed, hashed, insertEvents, recordOf } from './store.ts'

/** `position`: how far it is filled; `failed`: places whose record is not what was sealed, wherever it was looked for. */
export type Refilled = { position: number; records: number; failed: number[] }

/** Fills the places behind `after`, up to `upto`, in one transaction. Throws when the job is not under way. */
export const refill = async (
  { db, js, transaction, archive, log }: Pick<AuditContext, 'db' | 'js' | 'transaction' | 'archive' | 'log'>,
  { job, after, upto }: { job: string; after: number; upto: number },
): Promise<Refilled> => {
  const [streamed, kept, seals] = await Promise.all([
    recordsOfStream(js, after, upto),
    store.selectRecords(db, after, upto),
    store.selectSeals(db, after, upto),
  ])
  const own = new Map(kept.map((row) => [row.sequence, hashed(recordOf(row))]))
  const isProved = provedBy(seals)
  const chosen = new Map<number, Hashed>()
  const doubtful: number[] = []
  for (let place = after + 1; place <= upto; place++) {
    const copies = [streamed.get(place), own.get(place)].filter((copy) => copy !== undefined)
    const proved = copies.find(({ hash }) => isProved(place, hash) !== false)
    if (!proved && isProved(place, genesis) !== null) doubtful.push(place)
    // What is not as it was sealed stays as it is in the index: a replay takes nothing away.
    const copy = proved ?? copies.at(-1)
    if (copy) chosen.set(place, copy)
  }
  const archived = archive && (await recordsOfArchive({ db, archive, log }, doubtful))
  const failed = doubtful.filter((place) => {
    const copy = archived?.get(place)
    if (!copy || isProved(place, copy.hash) === false) return true
    chosen.set(place, copy)
    return false
  })
  const filled = await fillShadow(transaction, { job, after, upto }, async (tx) => {
    await store.copyUnproved(tx, after, upto)
    await insertEvents(tx, [...chosen.values()])
  })
  if (!filled) throw new Error(`The replay ${job} is not under way.`)
  return filled.taken
    ? { position: upto, records: chosen.size, failed }
    : { position: filled.position, records: 0, failed: [] }
}

/** Whether the seal of a place proves a hash; null where there is no seal to hold it against. */
const provedBy = (seals: readonly store.SealRow[]) => {
  const links = new Map(seals.map(({ sequence, link }) => [sequence, link]))
  const begins = seals[0]?.begins
  return (place: number, hash: Buffer): boolean | null => {
    const link = links.get(place)
    const before = links.get(place - 1) ?? (place === begins ? genesis : undefined)
    return link && before ? linkOf(before, hash).equals(link) : null
  }
}

const recordsOfStream = async (js: JetStreamClient, after: number, last: number): Promise<Map<number, Hashed>> => {
  const records = new Map<number, Hashed>()
  for await (const { seq, subject, header, data, time } of storedFrom(js, 'EVENTS', after + 1, {
    page: last - after,
  })) {
    if (seq > last) break
    const record = recordOfStream({ seq, subject, headers: header, data, time })
    records.set(seq, hashed({ ...record, headers: ownHeaders(header) }))
    if (seq === last) break
  }
  return records
}

/** What the archive has of these places; nothing while it is away. */
const recordsOfArchive = async (
  { db, archive, log }: Pick<AuditContext, 'db' | 'log'> & { archive: Archive },
  places: readonly number[],
): Promise<Map<number, Hashed>> => {
  const records = new Map<number, Hashed>()
  const [first, last] = [places[0], places.at(-1)]
  if (first === undefined || last === undefined) return records
  const wanted = new Set(places)
  try {
    for await (const record of archivedRecords(db, archive, first - 1, last))
      if (wanted.has(record.sequence)) records.set(record.sequence, hashed(record))
  } catch (error) {
    log.warn({ err: error }, 'not all of what is looked for is in the archive')
  }
  return records
}
