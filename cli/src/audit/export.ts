// A stretch of the history as a file that proves itself.
import {
  lastSeal,
  linkBefore,
  type Places,
  selectCheckpoints,
  selectKeys,
  stretches,
} from '@deliveryflow/kit/history/places'
import { lineOf } from '@deliveryflow/kit/history/segment'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { Failure } from '../failure.ts'
import { firstStored, rangeOf } from './places.ts'
import type { Range } from './selection.ts'

export type Exported = { records: number; first: number | null; last: number | null }

/**
 * The lines of a file with the records from one place to another, as they lie there; `exported` counts them. Throws `refused` where a
 * record is missing: such a history is to be verified first.
 */
export async function* exportLines(
  db: Queryable,
  range: Places,
  exported: Exported,
  progress: (done: number, all: number) => void,
): AsyncGenerator<string> {
  const [before, named, checkpoints] = await Promise.all([
    linkBefore(db, range.from),
    selectKeys(db),
    selectCheckpoints(db, range.from, range.to),
  ])
  const signed = new Map(checkpoints.map((checkpoint) => [checkpoint.sequence, checkpoint]))
  const keys = named.map(({ key_id, public_key }) => ({ key_id, public_key }))
  yield lineOf({ header: { before, keys, written_at: new Date() } })
  for await (const places of stretches(db, range.from, range.to)) {
    let lines = ''
    for (const { sequence, record } of places) {
      if (!record)
        throw new Failure('refused', `Record ${sequence} is gone`, {
          next: 'See dfctl audit verify; export what is before or behind it.',
        })
      lines += lineOf({ record })
      const checkpoint = signed.get(sequence)
      if (checkpoint) lines += lineOf({ checkpoint })
      exported.records++
      exported.first ??= sequence
      exported.last = sequence
    }
    progress(exported.records, range.to - range.from + 1)
    yield lines
  }
  yield lineOf({ end: { records: exported.records, last: exported.last } })
}

/** The places that were stored within a range, up to the last that is sealed. Throws `not_found` where there is none. */
export const placesOf = async (db: Queryable, { since, until, from = 1, to }: Range): Promise<Places> => {
  const first = since ? await firstStored(db, since) : 1
  const behind = until ? await firstStored(db, new Date(until.getTime() + 1)) : Number.MAX_SAFE_INTEGER
  const [end] = await lastSeal(db)
  return rangeOf(db, Math.max(from, first), Math.min(to ?? Number.MAX_SAFE_INTEGER, behind - 1, end?.sequence ?? 0))
}
