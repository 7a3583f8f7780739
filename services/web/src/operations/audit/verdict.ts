// The parts of a proof of the history put together. Pure.
import type { HistoryFinding, HistoryVerification } from '../../generated/api.ts'

/** `done` of `all` places were judged; `more`: findings that are not told one by one. */
export type Verdict = {
  done: number
  all: number
  records: number
  checkpoints: number
  unproved: number
  unsealed: number
  findings: HistoryFinding[]
  more: number
  link: string | null
  keys: string[]
}

/** Of one part at least; each goes on from the one before. */
export const verdictOf = (parts: readonly HistoryVerification[]): Verdict => {
  const sum = (of: 'records' | 'checkpoints' | 'unproved' | 'more') =>
    parts.reduce((total, part) => total + part[of], 0)
  const last = parts.at(-1)
  // The first place is not 1 where the beginning was archived and dropped; a part without places judged none.
  const first = parts.find((part) => part.first !== null)?.first ?? 1
  const [reached, end] = [parts.findLast((part) => part.last !== null)?.last ?? 0, last?.end ?? 0]
  return {
    done: last?.next_cursor === null ? Math.max(0, end - first + 1) : Math.max(0, reached - first + 1),
    all: Math.max(0, end - first + 1),
    records: sum('records'),
    checkpoints: sum('checkpoints'),
    unproved: sum('unproved'),
    // Each part tells them for all parts so far.
    unsealed: last?.unsealed ?? 0,
    findings: parts.flatMap(({ findings }) => findings),
    more: sum('more'),
    link: last?.link ?? null,
    keys: [...new Set(parts.flatMap(({ keys }) => keys))],
  }
}
