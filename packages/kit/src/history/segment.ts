// A stretch of the history as a file of JSON lines: what exports and the archive are made of, and what can be verified without the system.
import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import type { Checkpoint } from './checkpoint.ts'
import type { StoredRecord } from './record.ts'

/** A record with its seal; a null link is a record that was entered before there was a chain, or has no seal yet. */
export type SealedRecord = StoredRecord & { readonly link: Uint8Array | null }

/**
 * What a file holds, in this order: one header, then records and checkpoints by their sequences (a checkpoint behind the record that
 * it signs), then the end. `before`: the link of the place before the first record. `keys`: the public keys in PEM that signed.
 */
export type SegmentPart =
  | { readonly header: SegmentHeader }
  | { readonly record: SealedRecord }
  | { readonly checkpoint: Checkpoint }
  | { readonly end: { readonly records: number; readonly last: number | null } }

export type SegmentHeader = {
  readonly before: Uint8Array
  readonly keys: readonly { readonly key_id: string; readonly public_key: string }[]
  readonly written_at: Date
}

/** What a file is no segment for. `line`: where, from 1. */
export class DamagedSegment extends Error {
  readonly line: number
  constructor(line: number, what: string, options?: ErrorOptions) {
    super(what, options)
    this.name = 'DamagedSegment'
    this.line = line
  }
}

const version = 1
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** One line of a file, with the line feed. A body that is UTF-8 stands there as text, so that a segment can be searched. */
export const lineOf = (part: SegmentPart): string => `${JSON.stringify(plain(part))}\n`

const plain = (part: SegmentPart): z.input<typeof line> => {
  if ('header' in part) {
    const { before, keys, written_at } = part.header
    return {
      deliveryflow_history: version,
      before: base64(before),
      keys: [...keys],
      written_at: written_at.toISOString(),
    }
  }
  if ('record' in part) {
    const { sequence, subject, headers, body, stored_at, link } = part.record
    return {
      sequence,
      subject,
      headers: headers.map(([name, value]) => [name, value]),
      ...(isUtf8(body) ? { body: Buffer.from(body).toString() } : { body_base64: base64(body) }),
      stored_at: stored_at.toISOString(),
      link: link && base64(link),
    }
  }
  if ('checkpoint' in part) {
    const { sequence, link, signed_at, key_id, signature } = part.checkpoint
    const signed = { sequence, link: base64(link), signed_at: signed_at.toISOString(), key_id }
    return { checkpoint: { ...signed, signature: base64(signature) } }
  }
  return { end: part.end }
}

const bytes = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const link = bytes.refine(({ length }) => length === 32, 'must be 32 bytes')
const time = z.iso.datetime().transform((text) => new Date(text))
const place = z.int().min(1)
const common = {
  sequence: place,
  subject: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  stored_at: time,
  link: link.nullable(),
}
const line = z.union([
  z
    .strictObject({ ...common, body: z.string() })
    .transform(({ body, ...record }) => ({ record: { ...record, body: Buffer.from(body) } })),
  z
    .strictObject({ ...common, body_base64: bytes })
    .transform(({ body_base64, ...record }) => ({ record: { ...record, body: body_base64 } })),
  z.strictObject({
    checkpoint: z.strictObject({ sequence: place, link, signed_at: time, key_id: z.string(), signature: bytes }),
  }),
  z
    .strictObject({
      deliveryflow_history: z.literal(version),
      before: link,
      keys: z.array(z.strictObject({ key_id: z.string(), public_key: z.string() })),
      written_at: time,
    })
    .transform(({ before, keys, written_at }) => ({ header: { before, keys, written_at } })),
  z.strictObject({ end: z.strictObject({ records: z.int().min(0), last: place.nullable() }) }),
])

/**
 * Reads the lines of a file. Yields its parts in their order, the header first and the end last. Throws DamagedSegment where a line is
 * none, where a part stands in a wrong place, or when the file breaks off before its end. Whether records are what was sealed is not
 * judged here.
 */
export async function* partsOf(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<SegmentPart> {
  let [number, records, last] = [0, 0, 0]
  let ended = false
  for await (const text of lines) {
    number++
    if (ended) throw new DamagedSegment(number, 'it goes on behind its end')
    const part = read(text, number)
    if ('header' in part !== (number === 1))
      throw new DamagedSegment(
        number,
        number === 1 ? 'it does not begin as an export of the history' : 'a second header',
      )
    if ('record' in part) {
      const { sequence } = part.record
      if (sequence <= last) throw new DamagedSegment(number, `record ${sequence} stands behind record ${last}`)
      last = sequence
      records++
    }
    if ('end' in part) {
      ended = true
      if (part.end.records !== records || (part.end.last ?? 0) !== last)
        throw new DamagedSegment(
          number,
          `it should hold ${part.end.records} records up to ${part.end.last}, and holds ${records} up to ${last}`,
        )
    }
    yield part
  }
  if (!ended) throw new DamagedSegment(number, `it breaks off after ${records} records`)
}

const read = (text: string, number: number): SegmentPart => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DamagedSegment(number, 'the line is no JSON', { cause })
  }
  const { success, data, error } = line.safeParse(value)
  if (success) return data
  throw new DamagedSegment(number, 'the line is neither a record nor a checkpoint', { cause: error })
}

/** The lines of a text that comes in chunks; `begun` counts them, for whoever has to say where the text broke off. */
export async function* linesOf(text: AsyncIterable<string>, begun: { line: number }): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of text) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      begun.line++
      yield line
    }
  }
  if (rest === '') return
  begun.line++
  yield rest
}
