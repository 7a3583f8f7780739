// Whether a segment in the archive is still what was archived: its bytes, its records, its signatures, and the seals in the index.

import type { KeyObject } from 'node:crypto'
import type { SegmentCheck } from '@deliveryflow/contracts'
import type { Queryable } from '@deliveryflow/kit'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { DamagedSegment } from '@deliveryflow/kit/history/segment'
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

/** Reads a segment and says all that is wrong with it. Throws LostSegment where nobody ever noted it either, Unavailable while the archive is away. */
export const checkOf = async (
  db: Queryable,
  archive: Archive,
  name: string,
  { keys, as_indexed }: CheckOptions,
): Promise<Checked> => {
  const [row] = await store.selectSegment(db, name)
  const known = as_indexed ? await store.selectKeys(db) : null
  let walk = verifier({ keys: new Map() })
  let damage: SegmentCheck['damage'] = null
  let digest: Digest | null = null
  const compared = sealsIn(db)
  let [first, last, signed] = [0, 0, 0]
  try {
    const parts = partsOfSegment(archive, name)
    for (let part = await parts.next(); ; part = await parts.next()) {
      if (part.done) {
        digest = part.value
        break
      }
      if ('header' in part.value) {
        const { header } = part.value
        const named = known ?? header.keys
        const trusted = keys ?? readPublicKeys(named.map(({ public_key }) => public_key)) ?? new Map()
        walk = verifier({ keys: trusted, before: header.before })
      } else if ('checkpoint' in part.value) {
        walk.mind(part.value.checkpoint)
        signed = part.value.checkpoint.sequence
      } else if ('record' in part.value) {
        const { record } = part.value
        walk.feed({ sequence: record.sequence, record, link: record.link })
        first ||= record.sequence
        last = record.sequence
        if (as_indexed && record.link) await compared.add(record.sequence, record.link)
      }
    }
  } catch (error) {
    if (error instanceof LostSegment && row) damage = { line: null, detail: 'it is gone' }
    else if (error instanceof DamagedSegment) damage = { line: error.line, detail: error.message }
    else throw error
  }
  const { records, checkpoints, unproved, unsealed, findings, more } = walk.verdict()
  const all = [...findings, ...(await compared.findings())]
  if (!damage) all.push(...missingIn(name, first, last))
  if (!damage && signed !== last)
    all.push({ sequence: last, what: 'forged', detail: 'no checkpoint is signed over the end of the segment' })
  if (unproved + unsealed > 0)
    all.push({ sequence: first, last, what: 'added', detail: `${unproved + unsealed} of them stand without a seal` })
  if (!damage && all.length === 0 && digest && row?.sha256 && !row.sha256.equals(digest.sha256))
    damage = {
      line: null,
      detail: `its bytes are not those that were archived: their SHA-256 is ${hex(digest.sha256)}`,
    }
  const shown = all.sort((a, b) => a.sequence - b.sequence).slice(0, told)
  return { name, records, checkpoints, damage, findings: shown, more: more + all.length - shown.length, digest }
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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** What a segment holds less than its name says. */
const missingIn = (name: string, first: number, last: number): Finding[] => {
  const places = placesOf(name)
  if (!places) return []
  const detail = 'the segment should hold it'
  const gone = (sequence: number, to: number): Finding[] =>
    sequence > to ? [] : [{ sequence, ...(to > sequence && { last: to }), what: 'removed', detail }]
  if (first === 0) return gone(places.first, places.last)
  return [...gone(places.first, first - 1), ...gone(last + 1, places.last)]
}

/** Compares links with those of the index as they come. */
const sealsIn = (db: Queryable) => {
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
      return [{ sequence, ...(last > sequence && { last }), what: 'rewritten', detail }]
    },
  }
}
