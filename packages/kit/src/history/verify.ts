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

/** What is wrong, and where. `sequence`: of the record that it concerns; `last`: of the last one, where it concerns a stretch. */
export type Finding = {
  readonly sequence: number
  readonly last?: number
  readonly what: FindingKind
  readonly detail: string
}
export type FindingKind = 'changed' | 'removed' | 'added' | 'swapped' | 'rewritten' | 'forged'

/**
 * `checkpoints`: how many were signed and fit. `unproved`: records before the first seal, from before there was a chain. `unsealed`:
 * records behind the last seal, which wait for theirs. `more`: findings beyond those that are told one by one.
 */
export type Verdict = {
  readonly records: number
  readonly unproved: number
  readonly unsealed: number
  readonly checkpoints: number
  readonly last: { sequence: number; link: string } | null
  readonly findings: Finding[]
  readonly more: number
}

export type VerifyOptions = {
  /** The public keys that are trusted, by their ids. */
  readonly keys: ReadonlyMap<string, KeyObject>
  /** The link before the first place: where it is not the first of the history, the one of the place before it. */
  readonly before?: Uint8Array
  /** Where another walk stood: this one goes on from there. */
  readonly standing?: Standing
}

type Seal = { sequence: number; link: Uint8Array }

/**
 * Where a walk stands. `last`: the last place it was fed, null before the first. `link`: the chain's up to there, in hex; null where that is
 * not known. `sealed`: the last place with a seal. `loose`: records without one behind that.
 */
export type Standing = {
  readonly last: number | null
  readonly link: string | null
  readonly sealed: { readonly sequence: number; readonly link: string } | null
  readonly loose: { readonly first: number; readonly count: number } | null
}

/** A place whose record does not fit its seal, kept until it is known whether two were swapped. */
type Misfit = { record: HistoryRecord; previous: Uint8Array; link: Uint8Array }

/** More than this are told as changed without looking for swapped pairs among them. */
const comparable = 500
/** Who meets more findings than this wants the copy of the history, not the list. */
const told = 10_000

const hex = (link: Uint8Array) => Buffer.from(link).toString('hex')
const fromHex = (link: string): Uint8Array => Buffer.from(link, 'hex')

/**
 * Begins a walk, or goes on with one. Feed every place in the order of the sequences and give every checkpoint to `mind` in the order of
 * theirs, before or behind the place that it signs; then ask for the verdict. Memory does not grow with the history. A walk that goes on with
 * another knows all of it but the records that did not fit: two that were swapped are told as such by a walk that met both.
 */
export const verifier = ({ keys, before = genesis, standing }: VerifyOptions) => {
  const findings: Finding[] = []
  const misfits: Misfit[] = []
  const due: Checkpoint[] = []
  /** Null where it is gone: then the next record cannot be judged. */
  let previous: Uint8Array | null = before
  if (standing) previous = standing.link === null ? null : fromHex(standing.link)
  let last = standing?.last ?? null
  let lastSealed: Seal | null = standing?.sealed ? { ...standing.sealed, link: fromHex(standing.sealed.link) } : null
  /** Records without a seal behind the last one that has it. */
  let loose = standing?.loose ?? null
  let [records, unproved, checkpoints, more] = [0, 0, 0, 0]

  const find = (finding: Finding) => {
    if (findings.length < told) findings.push(finding)
    else more++
  }

  const mindDue = (place: Seal) => {
    for (let [checkpoint] = due; checkpoint && checkpoint.sequence <= place.sequence; [checkpoint] = due) {
      due.shift()
      const finding = judgeCheckpoint(checkpoint, place, keys)
      if (finding) find(finding)
      else checkpoints++
    }
  }

  const misfit = (one: Misfit) => {
    if (misfits.length < comparable) misfits.push(one)
    else find(changed(one.record.sequence))
  }

  return {
    feed: (place: Place): void => {
      const { sequence, record, link } = place
      if (last !== null && sequence <= last) throw new RangeError(`Place ${sequence} came after ${last}.`)
      const expected = last === null ? sequence : last + 1
      if (expected < sequence) {
        const detail = 'the record and its seal are gone'
        find({ ...stretchOf(expected, sequence - 1), what: 'removed', detail })
        previous = null
      }
      last = sequence
      if (record) records++
      if (link === null) {
        if (!lastSealed) unproved++
        else {
          loose = { first: loose?.first ?? sequence, count: (loose?.count ?? 0) + 1 }
          previous = previous && record && linkOf(previous, hashOf(record))
        }
        return
      }
      if (loose) {
        const { first, count } = loose
        find({
          ...stretchOf(first, first + count - 1),
          what: 'added',
          detail: 'it stands without a seal among sealed ones',
        })
        loose = null
      }
      if (record === null) find({ sequence, what: 'removed', detail: 'the seal is there, the record is gone' })
      else if (previous && !linkOf(previous, hashOf(record)).equals(link)) misfit({ record, previous, link })
      previous = link
      lastSealed = { sequence, link }
      mindDue(lastSealed)
    },
    mind: (checkpoint: Checkpoint): void => {
      due.push(checkpoint)
      if (lastSealed) mindDue(lastSealed)
    },
    standing: (): Standing => ({
      last,
      link: previous && hex(previous),
      sealed: lastSealed && { sequence: lastSealed.sequence, link: hex(lastSealed.link) },
      loose,
    }),
    /** `goes_on`: another walk goes on with this one, so a checkpoint may still find its place. */
    verdict: ({ goes_on = false } = {}): Verdict => {
      for (const { sequence, signed_at } of goes_on ? [] : due)
        find({
          sequence,
          what: 'removed',
          detail: `the history ends before a checkpoint of ${signed_at.toISOString()}`,
        })
      const all = [...findings, ...judge(misfits)].sort((a, b) => a.sequence - b.sequence)
      const end = lastSealed && { sequence: lastSealed.sequence, link: hex(lastSealed.link) }
      return { records, unproved, unsealed: loose?.count ?? 0, checkpoints, last: end, findings: all, more }
    },
  }
}

/** What is wrong with a checkpoint at or before a place. */
const judgeCheckpoint = (checkpoint: Checkpoint, place: Seal, keys: VerifyOptions['keys']): Finding | null => {
  const { sequence, key_id, signed_at } = checkpoint
  const key = keys.get(key_id)
  if (!key || !isSigned(checkpoint, key)) {
    const by = key ? `the key ${key_id}` : `a key that is trusted, but by ${key_id}`
    return { sequence, what: 'forged', detail: `the checkpoint is not signed by ${by}` }
  }
  if (sequence === place.sequence && !Buffer.from(place.link).equals(checkpoint.link)) {
    const detail = `the chain up to here is not the one that was signed at ${signed_at.toISOString()}`
    return { sequence, what: 'rewritten', detail }
  }
  return null
}

const stretchOf = (sequence: number, last: number) => (last > sequence ? { sequence, last } : { sequence })

const changed = (sequence: number): Finding => ({ sequence, what: 'changed', detail: 'it is not what was sealed' })

/** Which of the misfits stand in each other's place; the others were changed. */
const judge = (misfits: readonly Misfit[]): Finding[] => {
  const fits = ({ previous, link, record: { sequence } }: Misfit, record: HistoryRecord) =>
    linkOf(previous, hashOf({ ...record, sequence })).equals(link)
  const swapped = (one: Misfit) => misfits.find((other) => other !== one && fits(one, other.record))
  return misfits.map((one): Finding => {
    const other = swapped(one)
    const { sequence } = one.record
    return other
      ? { sequence, what: 'swapped', detail: `what belongs here stands at ${other.record.sequence}` }
      : changed(sequence)
  })
}
