// Copies the sealed history into the archive, segment by segment, long before the stream forgets it. One replica at a time.
import { type Background, type Database, type Log, repeat } from '@deliveryflow/kit'
import { reasonOf } from '@deliveryflow/kit/reason'
import { inTurn } from '../turn.ts'
import { sameAsSealed } from './check.ts'
import { endOf, nameOf, placesOf } from './name.ts'
import { pack } from './segment.ts'
import type { Archive } from './storage.ts'
import * as store from './store.ts'

export type Archiving = {
  readonly db: Database
  readonly archive: Archive
  readonly log: Log
  /** A segment holds at most so many records, or those there are once the first of them is so old. */
  readonly records: number
  readonly after_ms: number
}

/** Milliseconds until it looks again when there was nothing to archive; longer and longer, up to the other, while it fails. */
const idle = 5000
const longest = 60_000

/** Starts archiving. What fails is tried again until it succeeds: nothing is forgotten meanwhile, for the index keeps all of it. */
export const startArchiver = (archiving: Archiving): Background => {
  const { db, archive, log } = archiving
  let pause = idle
  let looked = false
  return repeat(0, async () => {
    try {
      if (!looked) await store.noteArchive(db, archive.place)
      const segment = await archiveOnce(archiving, { look: !looked })
      if (segment) log.info(segment, 'a segment of the history was archived')
      looked = true
      pause = idle
      return segment ? 0 : idle
    } catch (error) {
      log.warn({ err: error }, 'the history could not be archived; it is tried again')
      await store.noteFailure(db, reasonOf(error)).catch(() => undefined) // The log has it.
      looked = false
      pause = Math.min(longest, pause * 2)
      return pause
    }
  })
}

export type ArchivedNow = { name: string; records: number; bytes: number }

/**
 * Archives the segment that is due; resolves to null where none is, or where another replica has the turn. `look`: the archive is asked
 * even so. Should the turn be lost midway two replicas may put the same segment; only one of them succeeds, and the other accepts it.
 */
export const archiveOnce = async (archiving: Archiving, { look = false } = {}): Promise<ArchivedNow | null> => {
  const { db } = archiving
  const unfinished = await unfinishedOf(archiving)
  if (!unfinished && !look && !(await dueOf(archiving))) return null
  return inTurn(db, 'archive', () => takeTurn(archiving))
}

type Range = { after: number; last: number }

const takeTurn = async (archiving: Archiving): Promise<ArchivedNow | null> => {
  const { db } = archiving
  const unfinished = await unfinishedOf(archiving)
  const range = unfinished ?? (await dueOf(archiving))
  if (!unfinished) await refuseUnknown(archiving)
  const archived = range && (await put(archiving, range))
  await store.noteFailure(db, null)
  return archived
}

const unfinishedOf = async ({ db }: Archiving): Promise<Range | null> => {
  const [row] = await store.unfinishedSegment(db)
  return row ? { after: row.first_sequence - 1, last: row.last_sequence } : null
}

const dueOf = async ({ db, records, after_ms }: Archiving): Promise<Range | null> => {
  const [next] = await store.nextStretch(db, records)
  if (!next) return null
  // One whose first record is gone cannot wait: that is to be told.
  const old = next.oldest === null || Date.now() - next.oldest.getTime() >= after_ms
  return next.complete || old ? next : null
}

/**
 * Throws where the archive holds segments behind those that this database knows: it lost them, and would archive the same places again out
 * of a chain that may have begun anew.
 */
const refuseUnknown = async ({ db, archive }: Archiving): Promise<void> => {
  const [reached] = await store.reach(db)
  const unknown = (await archive.names(endOf(reached?.archived ?? 0), 10)).find((name) => placesOf(name))
  if (unknown)
    throw new Error(
      `The archive holds ${unknown}, of which this database does not know. Run dfctl audit archive restore, or archive elsewhere.`,
    )
}

const put = async ({ db, archive }: Archiving, { after, last }: Range): Promise<ArchivedNow> => {
  const [first, name] = [after + 1, nameOf(after + 1, last)]
  const { records, sha256, content } = await pack(db, after, last)
  // Noted first: should it break off behind the next step, the same segment is finished and not another one begun beside it.
  await store.planSegment(db, first, last, name)
  if (await archive.put(name, content)) {
    await store.noteSegment(db, first, last, name, records, content.length, sha256)
    return { name, records, bytes: content.length }
  }
  const there = await sameAsSealed(db, archive, name)
  await store.noteSegment(db, first, last, name, there.records, there.bytes, there.sha256)
  return { name, records: there.records, bytes: there.bytes }
}
