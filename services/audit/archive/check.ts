// Whether a segment in the archive is still what was archived: its bytes, its records, its signatures, and the seals in the index.

import type { KeyObject } from 'node:crypto'
import type { SegmentCheck } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { selectKeys } from '@deliveryflow/kit/history/places'
import { DamagedSegment, type SegmentPart } from '@deliveryflow/kit/history/segment'
import { type Finding, verifier } from '@deliveryflow/kit/history/verify'
import { placesOf } from './name.ts'
import { type Digest, LostSegment, partsOfSegment } from './segment.ts'
import type { Archive } from './storage.ts'
import * as store from './store.ts'

/** More findings than this are counted and not told: an answer has to fit into a message. */
const told = 500
/** Seals compared at a time. */
const page = 1000

export type CheckOptions = {
  /** Trusted alone; null: those that the index knows, and where it is not to be asked, those that the segment names itself. */
  readonly keys: ReadonlyMap<string, KeyObject> | null
  /** Whether the segment must bear the seals of the index, and its keys. It does not where the index was lost and began anew. */
  readonly as_indexed: boolean
}

export type Checked = SegmentCheck & { readonly digest: Digest | null }

/**
 * Reads a segment and says all that is wrong with it. Throws LostSegment where nobody ever noted it either, Unavailable while the archive is
 * away.
 */
export const checkOf = async (
  db: Queryable,
  archive: Archive,
  name: string,
  options: CheckOptions,
): Promise<Checked> => {
  const [row] = await store.selectSegment(db, name)
  const reading = await readingOf(db, options)
  let damage: SegmentCheck['damage'] = null
  let digest: Digest | null = null
  try {
    digest = await reading.read(partsOfSegment(archive, name))
  } catch (error) {
    if (error instanceof LostSegment && row) damage = { line: null, detail: 'it is gone' }
    else if (error instanceof DamagedSegment) damage = { line: error.line, detail: error.message }
    else throw error
  }
  const { records, checkpoints, more, findings } = await reading.verdict()
  if (digest) findings.push(...lacksOf(name, reading.held))
  if (digest && findings.length === 0 && row?.sha256 && !row.sha256.equals(digest.sha256)) {
    const detail = `its bytes are not those that were archived: their SHA-256 is ${digest.sha256.toString('hex')}`
    damage = { line: null, detail }
  }
  const shown = findings.sort((a, b) => a.sequence - b.sequence).slice(0, told)
  return { name, records, checkpoints, damage, findings: shown, more: more + findings.length - shown.length, digest }
}

/** Which places a segment holds, and the last that a checkpoint is signed for. */
type Held = { first: number; last: number; signed: number }

/** Feeds a segment to a walk over the history, and compares its links with the index on the way. */
const readingOf = async (db: Queryable, { keys, as_indexed }: CheckOptions) => {
  const known = as_indexed ? await selectKeys(db) : null
  const compared = linksIn(db)
  const held: Held = { first: 0, last: 0, signed: 0 }
  let walk = verifier({ keys: new Map() })
  const take = async (part: SegmentPart): Promise<void> => {
    if ('header' in part) {
      const named = (known ?? part.header.keys).map(({ public_key }) => public_key)
      walk = verifier({ keys: keys ?? readPublicKeys(named) ?? new Map(), before: part.header.before })
    } else if ('checkpoint' in part) {
      walk.mind(part.checkpoint)
      held.signed = part.checkpoint.sequence
    } else if ('record' in part) {
      const { record } = part
      walk.feed({ sequence: record.sequence, record, link: record.link })
      held.first ||= record.sequence
      held.last = record.sequence
      if (as_indexed && record.link) await compared.add(record.sequence, record.link)
    }
  }
  return {
    held,
    read: async (parts: ReturnType<typeof partsOfSegment>): Promise<Digest> => {
      let next = await parts.next()
      for (; !next.done; next = await parts.next()) await take(next.value)
      return next.value
    },
    verdict: async () => {
      const { records, checkpoints, unproved, unsealed, findings, more } = walk.verdict()
      const all = [...findings, ...(await compared.findings())]
      const loose = unproved + unsealed
      if (loose > 0) all.push({ ...stretchOf(held.first, held.last), what: 'added', detail: `${loose} without a seal` })
      return { records, checkpoints, more, findings: all }
    },
  }
}

/** The first thing that is wrong, in words; null where nothing is. */
export const firstWrong = ({ name, damage, findings: [found] }: SegmentCheck): string | null => {
  if (found) return `${name}: ${found.what} ${found.sequence}: ${found.detail}`
  return damage && `${name}${damage.line === null ? '' : `, line ${damage.line}`}: ${damage.detail}`
}

/** What a segment is that lies under a name already. Throws where it is not what the index would put there. */
export const sameAsSealed = async (
  db: Queryable,
  archive: Archive,
  name: string,
): Promise<Digest & { records: number }> => {
  const check = await checkOf(db, archive, name, { keys: null, as_indexed: true })
  const wrong = firstWrong(check)
  if (wrong || !check.digest)
    throw new Error(`The archive holds something else under the name of the next segment. ${wrong}`)
  return { ...check.digest, records: check.records }
}

/** What a whole segment holds less than its name says, and whether it proves itself: a checkpoint must be signed over its end. */
const lacksOf = (name: string, { first, last, signed }: Held): Finding[] => {
  const places = placesOf(name)
  if (!places) return []
  const detail = 'the segment should hold it'
  const gone = (from: number, to: number): Finding[] =>
    from > to ? [] : [{ ...stretchOf(from, to), what: 'removed', detail }]
  if (first === 0) return gone(places.first, places.last)
  const unsigned: Finding = { sequence: last, what: 'forged', detail: 'no checkpoint is signed over the end' }
  return [...gone(places.first, first - 1), ...gone(last + 1, places.last), ...(signed === last ? [] : [unsigned])]
}

const stretchOf = (sequence: number, last: number) => (last > sequence ? { sequence, last } : { sequence })

/** Compares links with those of the index as they come. */
const linksIn = (db: Queryable) => {
  const other: number[] = []
  let [sequences, links]: [number[], Buffer[]] = [[], []]
  const compare = async () => {
    other.push(...(await store.otherLinks(db, sequences, links)).map(({ sequence }) => sequence))
    sequences = []
    links = []
  }
  return {
    add: async (sequence: number, link: Uint8Array): Promise<void> => {
      sequences.push(sequence)
      links.push(Buffer.from(link))
      if (sequences.length === page) await compare()
    },
    findings: async (): Promise<Finding[]> => {
      await compare()
      const [sequence, last] = [other[0], other.at(-1)]
      if (sequence === undefined || last === undefined) return []
      const detail = 'its link is not the one that the index holds'
      return [{ ...stretchOf(sequence, last), what: 'rewritten', detail }]
    },
  }
}
