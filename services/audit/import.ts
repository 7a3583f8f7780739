// Enters a stretch of the history that came from an export, sealed as it was; whatever does not fit what is there is refused whole.
import type { importHistory, topology } from '@deliveryflow/contracts'
import { type AnswerOf, type Context, Rejection, reject } from '@deliveryflow/kit'
import { type Checkpoint, readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { genesis, linkOf } from '@deliveryflow/kit/history/record'
import { DamagedSegment, partsOf, type SealedRecord, type SegmentHeader } from '@deliveryflow/kit/history/segment'
import { verifier } from '@deliveryflow/kit/history/verify'
import type { Transact, Transaction } from '@deliveryflow/kit/postgres/transaction'
import * as chain from './chain-store.ts'
import { hashed, insertEvents } from './store.ts'

/** Sealed records that stand one behind the other, and what was signed over them. */
export type Segment = {
  header: SegmentHeader
  records: (SealedRecord & { link: Uint8Array })[]
  checkpoints: Checkpoint[]
}

export const importSegment: AnswerOf<typeof importHistory, Context<typeof topology.audit>> = async (
  { segment: text },
  { transaction },
) => {
  const segment = await read(text)
  if (segment instanceof Rejection) return segment
  return enterSegment(segment, transaction)
}

/** Enters what the index does not hold of a segment, in one transaction; refuses one that is not as it was sealed, or does not fit. */
export const enterSegment = async (segment: Segment, transaction: Transact): Promise<{ entered: number } | Rejection> =>
  judge(segment) ?? transaction((tx) => enter(segment, tx))

const read = async (text: string): Promise<Segment | Rejection> => {
  const segment: Partial<Segment> & Omit<Segment, 'header'> = { records: [], checkpoints: [] }
  try {
    for await (const part of partsOf(text.trimEnd().split('\n'))) {
      if ('header' in part) segment.header = part.header
      else if ('checkpoint' in part) segment.checkpoints.push(part.checkpoint)
      else if ('record' in part && part.record.link) segment.records.push({ ...part.record, link: part.record.link })
    }
  } catch (error) {
    if (error instanceof DamagedSegment) return reject('invalid_request', `line ${error.line}: ${error.message}`)
    throw error
  }
  const { header } = segment
  return header && segment.records.length > 0
    ? { ...segment, header }
    : reject('invalid_request', 'There is no sealed record in it.')
}

/** Why the segment is not what was sealed, or null when it is. */
const judge = ({ header, records, checkpoints }: Segment): Rejection | null => {
  const keys = readPublicKeys(header.keys.map(({ public_key }) => public_key))
  if (!keys) return reject('invalid_request', 'One of its keys is no public key.')
  const walk = verifier({ keys, before: header.before })
  for (const checkpoint of checkpoints) walk.mind(checkpoint)
  for (const record of records) walk.feed({ sequence: record.sequence, record, link: record.link })
  const [found] = walk.verdict().findings
  return found ? reject('invalid_request', `${found.what} ${found.sequence}: ${found.detail}.`) : null
}

const enter = async (
  { header, records, checkpoints }: Segment,
  tx: Transaction,
): Promise<{ entered: number } | Rejection> => {
  const rows = records.map(hashed)
  const sequences = records.map(({ sequence }) => sequence)
  const links = records.map(({ link }) => Buffer.from(link))
  const [first = 0, last = 0] = [sequences[0], sequences.at(-1)]

  await chain.waitForTurn(tx)
  // An index that was lost began anew with what the stream still had: from there on its seals give way, its records do not.
  const [began] = await chain.beginningWithin(tx, first, last + 1)
  const isAnew = began && linkOf(genesis, began.hash).equals(began.link)
  const anew = isAnew && !(began.sequence === first && genesis.equals(header.before)) ? began.sequence : null
  const stands = (sequence: number) => anew === null || sequence < anew
  const hashes = rows.map(({ hash }) => hash)
  const standing = links.map((link, at) => (stands(first + at) ? link : null))
  const [there] = await chain.compare(tx, sequences, hashes, standing)
  if (there?.differs) return reject('history_conflict', `Place ${there.differs} holds another record.`)
  const [[end], [previous], [next]] = await Promise.all([
    chain.chainEnd(tx),
    chain.sealOf(tx, first - 1),
    chain.sealOf(tx, last + 1),
  ])
  if (end && end.sequence < first - 1)
    return reject('history_conflict', `The history ends at ${end.sequence}: what follows on it must come first.`)
  if (previous && !previous.link.equals(header.before))
    return reject('history_conflict', `The chain up to ${first - 1} is another one.`)
  if (next && stands(last + 1) && !linkOf(links.at(-1) ?? genesis, next.hash).equals(next.link))
    return reject('history_conflict', `The chain from ${last + 1} on does not follow on these records.`)
  if (anew !== null) for (const remove of chain.unsealFrom) await remove(tx, anew)

  await insertEvents(tx, rows)
  await chain.enterSeals(tx, sequences, links)
  for (const { key_id, public_key } of header.keys) await chain.noteKey(tx, key_id, public_key)
  for (const { sequence, link, signed_at, key_id, signature } of checkpoints)
    await chain.enterCheckpoint(tx, sequence, link, signed_at, key_id, signature)
  return { entered: rows.length - (there?.present ?? 0) }
}
