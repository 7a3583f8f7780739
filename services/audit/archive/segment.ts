// A segment of the archive as bytes: packed out of the index, where it must be as it was sealed, and unpacked again part by part.
import { createHash, hash } from 'node:crypto'
import { pipeline as pipe, Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { type Queryable, Unavailable } from '@deliveryflow/kit'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { selectCheckpoints, selectKeys, selectLink } from '@deliveryflow/kit/history/places'
import { genesis } from '@deliveryflow/kit/history/record'
import {
  DamagedSegment,
  lineOf,
  linesOf,
  partsOf,
  type SealedRecord,
  type SegmentPart,
} from '@deliveryflow/kit/history/segment'
import { verifier } from '@deliveryflow/kit/history/verify'
import { reasonOf } from '@deliveryflow/kit/reason'
import { recordOf } from '../store.ts'
import type { Archive } from './storage.ts'
import * as store from './store.ts'

export type Packed = { records: number; sha256: Buffer; content: Buffer }

/** Records read at a time. */
const page = 1000

/**
 * Packs the records behind one place up to another, with their checkpoints. Throws where a record is missing or is not what was sealed:
 * such a history is not copied. Only the packed bytes are held in memory, some hundred for a record.
 */
export const pack = async (db: Queryable, after: number, last: number): Promise<Packed> => {
  const counted = { records: 0 }
  const chunks: Buffer[] = []
  for await (const chunk of pipe(Readable.from(linesFrom(db, after, last, counted)), createGzip(), () => undefined))
    chunks.push(chunk)
  const content = Buffer.concat(chunks)
  return { records: counted.records, sha256: hash('sha256', content, 'buffer'), content }
}

async function* linesFrom(
  db: Queryable,
  after: number,
  last: number,
  counted: { records: number },
): AsyncGenerator<string> {
  const [[seal], named] = await Promise.all([selectLink(db, after), selectKeys(db)])
  const before = seal?.link ?? genesis
  const keys = named.map(({ key_id, public_key }) => ({ key_id, public_key }))
  const trusted = readPublicKeys(keys.map(({ public_key }) => public_key))
  if (!trusted) throw new Error('One of the keys that signed the history is no public key.')
  const walk = verifier({ keys: trusted, before })
  yield lineOf({ header: { before, keys, written_at: new Date() } })
  for (let from = after; from < last; from += page) {
    const to = Math.min(last, from + page)
    const [rows, checkpoints] = await Promise.all([
      store.selectSealed(db, from, to, page),
      selectCheckpoints(db, from + 1, to),
    ])
    if (rows.length < to - from) {
      const missing = rows.findIndex(({ sequence }, at) => sequence !== from + 1 + at)
      throw new Error(`Record ${from + 1 + (missing === -1 ? rows.length : missing)} is missing in the index.`)
    }
    for (const checkpoint of checkpoints) walk.mind(checkpoint)
    for (const row of rows) walk.feed({ sequence: row.sequence, link: row.link, record: recordOf(row) })
    const [found] = walk.verdict().findings
    if (found) throw new Error(`The index is not as it was sealed, ${found.what} ${found.sequence}: ${found.detail}.`)
    counted.records += rows.length
    const signed = new Map(checkpoints.map((checkpoint) => [checkpoint.sequence, checkpoint]))
    yield rows
      .map((row) => {
        const checkpoint = signed.get(row.sequence)
        return `${lineOf({ record: recordOf(row) })}${checkpoint ? lineOf({ checkpoint }) : ''}`
      })
      .join('')
  }
  yield lineOf({ end: { records: counted.records, last } })
}

/** What was learned of a segment's bytes when all of them were read. */
export type Digest = { bytes: number; sha256: Buffer }

/**
 * The parts of a segment as it lies in the archive, read as they are asked for; returns its digest when all of it was read. Throws
 * DamagedSegment where it is none any more, with the line.
 */
export async function* unpack(bytes: Readable): AsyncGenerator<SegmentPart, Digest> {
  const sum = createHash('sha256')
  const digest = { bytes: 0 }
  const begun = { line: 0 }
  const measured = async function* () {
    try {
      for await (const chunk of bytes) {
        sum.update(chunk)
        digest.bytes += chunk.length
        yield chunk
      }
    } catch (error) {
      throw new Unavailable(`The archive broke off: ${reasonOf(error)}`, { cause: error })
    }
  }
  const unpacked = pipe(Readable.from(measured()), createGunzip(), () => undefined)
  try {
    yield* partsOf(linesOf(unpacked.setEncoding('utf8'), begun))
  } catch (error) {
    // What zlib says of bytes that it cannot unpack.
    if (error instanceof Error && 'code' in error && /^Z_/.test(String(error.code)))
      throw new DamagedSegment(begun.line, reasonOf(error), { cause: error })
    throw error
  }
  return { ...digest, sha256: sum.digest() }
}

/** A segment that should be in the archive and is not. */
export class LostSegment extends Error {
  constructor(name: string) {
    super(`${name} is not in the archive.`)
    this.name = 'LostSegment'
  }
}

/** The parts of the segment of a name. Throws LostSegment where it is gone, DamagedSegment where it is none any more. */
export async function* partsOfSegment(archive: Archive, name: string): AsyncGenerator<SegmentPart, Digest> {
  const bytes = await archive.read(name)
  if (!bytes) throw new LostSegment(name)
  return yield* unpack(bytes)
}

/**
 * Archived records behind a place, up to another one, in their order, read as they are asked for. Throws LostSegment and DamagedSegment,
 * and an Error where no segment covers a place between.
 */
export async function* archivedRecords(
  db: Queryable,
  archive: Archive,
  after: number,
  upto: number,
): AsyncGenerator<SealedRecord> {
  let reached = after
  for (const { name } of await store.segmentsOver(db, after, upto)) {
    for await (const part of partsOfSegment(archive, name)) {
      if (!('record' in part) || part.record.sequence <= reached) continue
      if (part.record.sequence > upto) return
      if (part.record.sequence > reached + 1) throw gap(reached + 1)
      reached = part.record.sequence
      yield part.record
    }
  }
  if (reached < upto) throw gap(reached + 1)
}

const gap = (place: number) => new Error(`No segment of the archive holds record ${place}.`)
