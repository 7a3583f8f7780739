// In which rhythm records are sent: at once, as they happened, or so many times faster; and never more than so many a second.
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'

/** `factor`: how many times faster than it happened; Infinity: at once. `max_gap_ms`: longer pauses are cut to it. */
export type Pace = { factor: number; max_gap_ms: number; rate: number }

/** "instant", "original", "10x". */
export const speed = (text: string): number => {
  if (text === 'instant') return Number.POSITIVE_INFINITY
  if (text === 'original') return 1
  const factor = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1])
  if (factor > 0) return factor
  throw new InvalidArgumentError('It must be instant, original, or a factor like 10x.')
}

/** Milliseconds after the beginning at which each record is due, one call for each with when it happened. Pure but for what it remembers. */
export const schedule = ({ factor, max_gap_ms, rate }: Pace) => {
  let due = 0
  let count = 0
  let last: Date | undefined
  return (at: Date): number => {
    const gap = last ? Math.min(Math.max(0, at.getTime() - last.getTime()), max_gap_ms) : 0
    last = at
    due = Math.max(due + gap / factor, (count++ / rate) * 1000)
    return due
  }
}

/** The records, each when it is due. */
export async function* paced<T extends { time: Date }>(records: AsyncIterable<T>, pace: Pace): AsyncGenerator<T> {
  const dueAt = schedule(pace)
  const begun = performance.now()
  for await (const record of records) {
    const early = dueAt(record.time) - (performance.now() - begun)
    if (early > 1) await sleep(early)
    yield record
  }
}
