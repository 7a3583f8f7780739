// Walks the history once and says which records are not as they were sealed. It knows no database: rows and exports are fed alike.
import type { KeyObject } from 'node:crypto'
import { type Checkpoint, isSigned } from './checkpoint.ts'
import { genesis, type HistoryRecord, hashOf, linkOf } from './record.ts'

/** A place of the history. `record`: null where it is missing. `link`: the seal of the place, null where there is none. */
export type Place = {
  readonly sequence: number
  readonly record: HistoryRecord | null
  readonly link: Uint8Array | null
}

/** What is wrong, and where. `sequence`: of the first record that it concerns. */
export type Finding = { readonly sequence: number; readonly what: FindingKind; readonly detail: string }
export type FindingKind = 'changed' | 'removed' | 'added' | 'swapped' | 'rewritten' | 'forged'

export type Verdict = {
  readonly records: number
  readonly last: { sequence: number; link: string } | null
  readonly findings: Finding[]
}

export type VerifyOptions = {
  /** In the order of their sequences. */
  readonly checkpoints: readonly Checkpoint[]
  /** The public keys that are trusted, by their ids. */
  readonly keys: ReadonlyMap<string, KeyObject>
  /** The link before the first place: where it is not the first of the history, the one of the checkpoint before it. */
  readonly before?: Uint8Array
}

/** A place whose record does not fit its seal, kept until it is known whether two were swapped. */
type Misfit = { record: HistoryRecord; previous: Uint8Array; link: Uint8Array }

/** More than this are told as changed without looking for swapped pairs among them. */
const comparable = 500

/** Begins a walk. Feed every place in the order of the sequences, then ask for the verdict. Memory does not grow with the history. */
export const verifier = ({ checkpoints, keys, before = genesis }: VerifyOptions) => {
  const findings: Finding[] = []
  const misfits: Misfit[] = []
  const due = [...checkpoints]
  /** Null where it is gone: then the next record cannot be judged. */
  let previous: Uint8Array | null = before
  let last: Place | undefined
  let records = 0

  const find = (sequence: number, what: FindingKind, detail: string) => void findings.push({ sequence, what, detail })

  const mindCheckpoint = ({ sequence, link }: Place) => {
    for (; due[0] && due[0].sequence <= sequence; due.shift()) {
      const [checkpoint] = due as [Checkpoint]
      const key = keys.get(checkpoint.key_id)
      if (!key || !isSigned(checkpoint, key))
        find(
          checkpoint.sequence,
          'forged',
          `the checkpoint is not signed by ${key ? `the key ${checkpoint.key_id}` : 'a key that is trusted'}`,
        )
      else if (checkpoint.sequence === sequence && link && !Buffer.from(link).equals(checkpoint.link))
        find(
          sequence,
          'rewritten',
          `the chain up to here is not the one that was signed at ${checkpoint.signed_at.toISOString()}`,
        )
    }
  }

  return {
    feed: (place: Place): void => {
      const { sequence, record, link } = place
      if (last && sequence <= last.sequence) throw new RangeError(`Place ${sequence} came after ${last.sequence}.`)
      for (let missing = (last?.sequence ?? sequence - 1) + 1; missing < sequence; missing++) {
        find(missing, 'removed', 'the record and its seal are gone')
        previous = null
      }
      last = place
      if (record) records++
      if (link === null) {
        find(sequence, 'added', 'a record without a seal stands before sealed ones')
        return
      }
      if (record === null) find(sequence, 'removed', 'the seal is there, the record is gone')
      else if (previous && !linkOf(previous, hashOf(record)).equals(link)) misfits.push({ record, previous, link })
      previous = link
      mindCheckpoint(place)
    },
    verdict: (): Verdict => {
      for (const checkpoint of due)
        find(
          checkpoint.sequence,
          'removed',
          `the history ends before a checkpoint of ${checkpoint.signed_at.toISOString()}`,
        )
      findings.push(...judge(misfits))
      findings.sort((a, b) => a.sequence - b.sequence)
      const end = last?.link ? { sequence: last.sequence, link: Buffer.from(last.link).toString('hex') } : null
      return { records, last: end, findings }
    },
  }
}

/** Which of the misfits stand in each other's place; the others were changed. */
const judge = (misfits: readonly Misfit[]): Finding[] => {
  const fits = ({ previous, link, record: { sequence } }: Misfit, record: HistoryRecord) =>
    linkOf(previous, hashOf({ ...record, sequence })).equals(link)
  const swapped = (one: Misfit) =>
    misfits.length > comparable ? undefined : misfits.find((other) => other !== one && fits(one, other.record))
  return misfits.map((one): Finding => {
    const other = swapped(one)
    const { sequence } = one.record
    return other
      ? { sequence, what: 'swapped', detail: `what belongs here stands at ${other.record.sequence}` }
      : { sequence, what: 'changed', detail: 'it is not what was sealed' }
  })
}
