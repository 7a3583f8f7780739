// The archive of the history, as audit tells of it: what lies there, whether it is still what was archived, and back into the index.
import type { KeyObject } from 'node:crypto'
import {
  type ArchivedSegment,
  checkSegment,
  listSegments,
  type OutputOf,
  type RpcContract,
  restoreSegment,
  type SegmentCheck,
} from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import type { Ask } from '../calls.ts'
import { Failure } from '../failure.ts'

/** A segment is read as a whole, out of a storage that may be far. */
export const segmentTimeout = 120_000

export type ArchiveState = Omit<OutputOf<typeof listSegments>, 'items' | 'next_cursor'> & {
  segments: ArchivedSegment[]
}

/** All segments with how far the history is archived. Throws `refused` where no archive is set, `unhealthy` while it is away. */
export const readArchive = async (ask: Ask): Promise<ArchiveState> => {
  const segments: ArchivedSegment[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next_cursor, ...state } = answered(listSegments, await ask(listSegments, { limit: 100, cursor }))
    segments.push(...items)
    if (next_cursor === null) return { ...state, segments }
    cursor = next_cursor
  }
}

export type ArchiveFinding = SegmentCheck['findings'][number] & { segment: string | null }
export type ArchiveDamage = { segment: string; line: number | null; detail: string }

/** `unknown`: segments of which the index does not know, as after its loss. */
export type ArchiveJudgement = {
  segments: number
  records: number
  checkpoints: number
  unknown: number
  findings: ArchiveFinding[]
  more: number
  damage: ArchiveDamage[]
}

export type ArchiveOptions = {
  /** Trusted instead of the keys that the index or a segment names. */
  keys?: ReadonlyMap<string, KeyObject>
  progress?(done: number, all: number): void
}

export const isWhole = ({ findings, damage }: ArchiveJudgement): boolean => findings.length + damage.length === 0

/** Has segments checked, one after the other; `all`: whether no place between them may be missing. */
export const verifyArchive = async (
  ask: Ask,
  segments: readonly Pick<ArchivedSegment, 'name' | 'first_sequence' | 'last_sequence' | 'archived_at'>[],
  { keys, progress, all }: ArchiveOptions & { all: boolean },
): Promise<ArchiveJudgement> => {
  const judgement: ArchiveJudgement = {
    ...{ segments: 0, records: 0, checkpoints: 0, more: 0, damage: [] },
    unknown: segments.filter(({ archived_at }) => archived_at === null).length,
    findings: all ? between(segments) : [],
  }
  for (const { name } of segments) {
    const input = { name, ...(keys && { keys: pemsOf(keys) }) }
    const { records, checkpoints, damage, findings, more } = answered(checkSegment, await ask(checkSegment, input))
    judgement.segments++
    judgement.records += records
    judgement.checkpoints += checkpoints
    judgement.more += more
    judgement.findings.push(...findings.map((found) => ({ ...found, segment: name })))
    if (damage) judgement.damage.push({ segment: name, ...damage })
    progress?.(judgement.segments, segments.length)
  }
  return judgement
}

/** Places between two segments that none of them holds. */
const between = (segments: readonly Pick<ArchivedSegment, 'first_sequence' | 'last_sequence'>[]): ArchiveFinding[] =>
  segments.flatMap(({ last_sequence }, at) => {
    const next = segments[at + 1]?.first_sequence ?? 0
    if (next <= last_sequence + 1) return []
    const detail = 'no segment holds it'
    return [{ sequence: last_sequence + 1, last: next - 1, what: 'removed', detail, segment: null }]
  })

export type Restored = { segments: number; records: number; entered: number; last: number }

/**
 * Gives what is archived back to the index, the oldest first. It may be broken off and run again: what is there is left alone. Throws
 * `refused` at a segment that is not what was archived, or that does not fit the index.
 */
export const restoreArchive = async (
  ask: Ask,
  segments: readonly ArchivedSegment[],
  { keys, progress }: ArchiveOptions,
): Promise<Restored> => {
  const restored: Restored = { segments: 0, records: 0, entered: 0, last: 0 }
  for (const { name, last_sequence } of segments) {
    const answer = await ask(restoreSegment, { name, ...(keys && { keys: pemsOf(keys) }) })
    if (answer instanceof Rejection && ['invalid_request', 'history_conflict'].includes(answer.code))
      throw new Failure('refused', `The segment ${name} was refused`, {
        why: answer.detail,
        next: `${restored.segments === 0 ? 'Nothing was entered.' : `What it holds up to ${restored.last} is there.`} See dfctl audit archive verify.`,
      })
    const { records, entered } = answered(restoreSegment, answer)
    restored.segments++
    restored.records += records
    restored.entered += entered
    restored.last = last_sequence
    progress?.(restored.segments, segments.length)
  }
  return restored
}

const pemsOf = (keys: ReadonlyMap<string, KeyObject>) =>
  [...keys.values()].map((key) => key.export({ type: 'spki', format: 'pem' }).toString())

const answered = <T>(contract: RpcContract, answer: T | Rejection): T => {
  if (!(answer instanceof Rejection)) return answer
  const { code, detail } = answer
  if (code === 'no_archive')
    throw new Failure('refused', detail, {
      next: 'Set it: services/audit/README.md, or audit.archive.url of the chart.',
    })
  if (code === 'unavailable') throw new Failure('unhealthy', detail, { next: 'See dfctl logs audit.' })
  if (code === 'not_found') throw new Failure('not_found', detail, { next: 'See dfctl audit archive list.' })
  throw new Failure('refused', detail, { why: `${contract.subject} said so` })
}
