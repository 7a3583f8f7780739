// What audit answers about the archive: what lies there, whether it is still what was archived, and back into an index that lost it.
import type { KeyObject } from 'node:crypto'
import type { ArchivedSegment, checkSegment, listSegments, restoreSegment } from '@deliveryflow/contracts'
import { type AnswerOf, Rejection, reject } from '@deliveryflow/kit'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import type { Transact } from '@deliveryflow/kit/postgres/transaction'
import { enterSegment, type Segment } from '../import.ts'
import type { AuditContext } from '../replay.ts'
import { checkOf, firstWrong } from './check.ts'
import { placesOf } from './name.ts'
import { LostSegment, partsOfSegment } from './segment.ts'
import type { Archive } from './storage.ts'
import * as store from './store.ts'

type Answer<R> = AnswerOf<R, AuditContext>

export const list: Answer<typeof listSegments> = async ({ cursor = '', limit }, { db, archive }) => {
  if (!archive) return noArchive()
  if (cursor !== '' && !placesOf(cursor))
    return reject('invalid_request', 'cursor: pass a next_cursor as it came, or none.')
  const [rows, names, [reached], [state]] = await Promise.all([
    store.listSegments(db, cursor, limit + 1),
    namesBehind(archive, cursor, limit + 1),
    store.reach(db),
    store.archiveState(db),
  ])
  const known = new Map(rows.map((row) => [row.name, row]))
  const stored = new Set(names)
  const all = [...new Set([...known.keys(), ...names])].sort()
  return {
    items: all.slice(0, limit).map((name) => viewOf(name, known.get(name), stored.has(name))),
    next_cursor: all.length > limit ? (all[limit - 1] ?? null) : null,
    place: archive.place,
    sealed: reached?.sealed ?? 0,
    archived: reached?.archived ?? 0,
    error: state?.error ?? null,
    failed_at: state?.failed_at?.toISOString() ?? null,
  }
}

export const check: Answer<typeof checkSegment> = async ({ name, keys: pems }, { db, archive }) => {
  if (!archive) return noArchive()
  const keys = trusted(pems)
  if (keys instanceof Rejection) return keys
  const checked = await checkOf(db, archive, name, { keys, as_indexed: true }).catch(unknown)
  if (checked instanceof Rejection) return checked
  const { digest: _, ...found } = checked
  return found
}

export const restore: Answer<typeof restoreSegment> = async ({ name, keys: pems }, context) => {
  const { db, transaction, archive } = context
  if (!archive) return noArchive()
  const keys = trusted(pems)
  if (keys instanceof Rejection) return keys
  const { first, last } = placesOf(name) ?? { first: 0, last: 0 }
  const [row] = await store.selectSegment(db, name)
  const [sealed] = await store.countSealed(db, first, last)
  if (row?.archived_at && sealed?.count === last - first + 1) return { records: sealed.count, entered: 0 }

  const checked = await checkOf(db, archive, name, { keys, as_indexed: false }).catch(unknown)
  if (checked instanceof Rejection) return checked
  const { records, digest } = checked
  const wrong = firstWrong(checked)
  if (wrong || !digest) return reject('invalid_request', `It is not what was archived. ${wrong}`)
  const entered = await enterAll(archive, name, transaction)
  if (entered instanceof Rejection) return entered
  await store.noteSegment(db, first, last, name, records, digest.bytes, digest.sha256)
  return { records, entered }
}

/** Records entered in one transaction: a message of an import holds about as many. */
const batch = 500

/** Enters a segment in stretches, in their order; what is there is left alone. Resolves to how many were not. */
const enterAll = async (archive: Archive, name: string, transaction: Transact): Promise<number | Rejection> => {
  let stretch: Segment | undefined
  let entered = 0
  const enter = async (): Promise<Rejection | undefined> => {
    const last = stretch?.records.at(-1)
    if (!stretch || !last) return undefined
    const answer = await enterSegment(stretch, transaction)
    if (answer instanceof Rejection) return answer
    entered += answer.entered
    stretch = { header: { ...stretch.header, before: last.link }, records: [], checkpoints: [] }
    return undefined
  }
  for await (const part of partsOfSegment(archive, name)) {
    if ('header' in part) stretch = { header: part.header, records: [], checkpoints: [] }
    else if ('checkpoint' in part) stretch?.checkpoints.push(part.checkpoint)
    else if ('record' in part && part.record.link) {
      // A checkpoint stays with the record that it signs.
      const refused = (stretch?.records.length ?? 0) >= batch ? await enter() : undefined
      if (refused) return refused
      stretch?.records.push({ ...part.record, link: part.record.link })
    }
  }
  return (await enter()) ?? entered
}

/** Names of segments behind one; other files in the same place are passed over. */
const namesBehind = async (archive: Archive, behind: string, limit: number): Promise<string[]> => {
  const found: string[] = []
  for (let at = behind; ; ) {
    const names = await archive.names(at, limit)
    found.push(...names.filter((name) => placesOf(name)))
    const last = names.at(-1)
    if (found.length >= limit || names.length < limit || last === undefined) return found.slice(0, limit)
    at = last
  }
}

const viewOf = (name: string, row: store.SegmentRow | undefined, stored: boolean): ArchivedSegment => {
  const { first, last } = placesOf(name) ?? { first: 0, last: 0 }
  return {
    name,
    first_sequence: first,
    last_sequence: last,
    records: row?.records ?? null,
    bytes: row?.bytes ?? null,
    sha256: row?.sha256?.toString('hex') ?? null,
    archived_at: row?.archived_at?.toISOString() ?? null,
    stored,
  }
}

const trusted = (pems: string[] | undefined): ReadonlyMap<string, KeyObject> | Rejection | null =>
  pems === undefined ? null : (readPublicKeys(pems) ?? reject('invalid_request', 'keys: one of them is no public key.'))
const noArchive = () => reject('no_archive', 'The history is not archived: audit has no ARCHIVE_URL.')
const unknown = (error: unknown): Rejection => {
  if (error instanceof LostSegment) return reject('not_found', error.message)
  throw error
}
