// Fills the index that is built anew, place by place: from the stream what that still holds, else from the index that serves. Each record is
// held against its seal.

import { genesis, hashOf, linkOf, recordOf, type StoredRecord } from '@deliveryflow/kit/history/record'
import { storedFrom } from '@deliveryflow/kit/messaging/direct'
import { fillShadow } from '@deliveryflow/kit/projection/shadow'
import type { JetStreamClient } from '@nats-io/jetstream'
import { indexRowOf } from './domain.ts'
import * as store from './refill-store.ts'
import type { AuditContext } from './replay.ts'
import { insertEvents } from './store.ts'

/** `position`: how far it is filled; `failed`: places whose record is not what was sealed, wherever it was looked for. */
export type Refilled = { position: number; records: number; failed: number[] }

/** Fills the places behind `after`, up to `upto`, in one transaction. Throws when the job is not under way. */
export const refill = async (
  { db, js, transaction }: Pick<AuditContext, 'db' | 'js' | 'transaction'>,
  { job, after, upto }: { job: string; after: number; upto: number },
): Promise<Refilled> => {
  const [streamed, kept, seals] = await Promise.all([
    recordsOfStream(js, after, upto),
    store.selectRecords(db, after, upto),
    store.selectSeals(db, after, upto),
  ])
  const own = new Map(kept.map((row) => [row.sequence, hashed(storedOf(row))]))
  const links = new Map(seals.map(({ sequence, link }) => [sequence, link]))
  const [chain] = seals
  const failed: number[] = []
  const chosen: Hashed[] = []
  for (let place = after + 1; place <= upto; place++) {
    const copies = [streamed.get(place), own.get(place)].filter((copy) => copy !== undefined)
    const link = links.get(place)
    const before = links.get(place - 1) ?? (chain?.begins === place ? genesis : undefined)
    const proved = link && before ? copies.find(({ hash }) => linkOf(before, hash).equals(link)) : copies[0]
    if (link && before && !proved) failed.push(place)
    // What is not as it was sealed stays as it is in the index: a replay takes nothing away.
    const copy = proved ?? copies.at(-1)
    if (copy) chosen.push(copy)
  }
  const filled = await fillShadow(transaction, { job, after, upto }, async (tx) => {
    await store.copyUnproved(tx, after, upto)
    await insertEvents(
      tx,
      chosen.map(({ record, hash }) => ({ ...indexRowOf(record), hash })),
    )
  })
  if (!filled) throw new Error(`The replay ${job} is not under way.`)
  return filled.taken
    ? { position: upto, records: chosen.length, failed }
    : { position: filled.position, records: 0, failed: [] }
}

type Hashed = { record: StoredRecord; hash: Buffer }
const hashed = (record: StoredRecord): Hashed => ({ record, hash: hashOf(record) })

/** What the server adds to a message that is read by its place. Source: nats-io/nats-architecture-and-design, ADR-31. */
const added = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
])

const recordsOfStream = async (js: JetStreamClient, after: number, last: number): Promise<Map<number, Hashed>> => {
  const records = new Map<number, Hashed>()
  for await (const { seq, subject, header, data, time } of storedFrom(js, 'EVENTS', after + 1, last - after)) {
    if (seq > last) break
    const record = recordOf({ seq, subject, headers: header, data, time })
    records.set(seq, hashed({ ...record, headers: record.headers.filter(([name]) => !added.has(name)) }))
    if (seq === last) break
  }
  return records
}

const storedOf = ({ headers, data, body, ...row }: store.RecordRow): StoredRecord => ({
  ...row,
  headers: JSON.parse(headers) as [string, string][],
  body: body ?? Buffer.from(data ?? ''),
})
