// An event exactly as it lies in the stream, its hash, and the link that chains it to all before it. Decision 11 says why it is like that.
import { hash } from 'node:crypto'
import type { JsMsg } from '@nats-io/jetstream'

/** `headers`: in their order; one with several values stands there as often. `body`: the bytes as they came. */
export type HistoryRecord = {
  readonly sequence: number
  readonly subject: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** `stored_at`: when the stream took it in, to the millisecond. Not hashed: a stream that is filled anew gives other times. */
export type StoredRecord = HistoryRecord & { readonly stored_at: Date }

/** What lies in a stream, as JetStream delivers it. */
export const recordOf = ({
  seq,
  subject,
  headers,
  data,
  time,
}: Pick<JsMsg, 'seq' | 'subject' | 'headers' | 'data' | 'time'>): StoredRecord => ({
  sequence: seq,
  subject,
  headers: headers ? headers.keys().flatMap((name) => headers.values(name).map((value) => [name, value] as const)) : [],
  body: data,
  stored_at: time,
})

const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer')

// A record can never be taken for a link, nor the other way round. Source of the prefixes: RFC 6962, section 2.1.
const recordPrefix = 0
const linkPrefix = 1

/** Before the first record. */
export const genesis: Buffer = Buffer.alloc(32)

/** The header block as NATS has it on the wire. Source: nats-io/nats-architecture-and-design, ADR-4. */
const headerBlock = (headers: HistoryRecord['headers']): string =>
  `NATS/1.0\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`

/**
 * SHA-256 of a record: its place in the stream, its subject, its headers and its body, each with its length before it, so that
 * no byte can move from one to the next.
 */
export const hashOf = ({ sequence, subject, headers, body }: HistoryRecord): Buffer => {
  const said = Buffer.from(subject)
  const block = Buffer.from(headerBlock(headers))
  const frame = Buffer.allocUnsafe(1 + 8 + 4 + said.length + 4 + block.length + 4 + body.length)
  let at = frame.writeUInt8(recordPrefix)
  at = frame.writeBigUInt64BE(BigInt(sequence), at)
  for (const part of [said, block, body]) {
    at = frame.writeUInt32BE(part.length, at)
    frame.set(part, at)
    at += part.length
  }
  return sha256(frame)
}

/** SHA-256 of the link before and the hash of a record: who knows one link knows whether anything before it was touched. */
export const linkOf = (previous: Uint8Array, recordHash: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(65)
  frame.writeUInt8(linkPrefix)
  frame.set(previous, 1)
  frame.set(recordHash, 33)
  return sha256(frame)
}
