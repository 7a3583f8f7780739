// Brings lines of many logs into one order by time: finished logs whole, growing ones with a short wait for each other.
import { byKey, type LogLine } from './line.ts'

/** Merges logs that each are in order; of equal times those of the earlier log come first. Holds one line of each log. */
export async function* merged(logs: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine> {
  const iterators = logs.map((log) => log[Symbol.asyncIterator]())
  const heads = await Promise.all(iterators.map((iterator) => iterator.next()))
  for (;;) {
    let first = -1
    for (const [index, head] of heads.entries()) {
      const best = heads[first]
      if (!head.done && (best === undefined || best.done || head.value.key < best.value.key)) first = index
    }
    const head = heads[first]
    const iterator = iterators[first]
    if (head === undefined || head.done || iterator === undefined) return
    yield head.value
    heads[first] = await iterator.next()
  }
}

/**
 * Passes lines on in the order of their times once they have waited `wait_ms`: long enough for those that were written
 * before them to arrive, which then go first however short they have waited. `end` passes on what is left.
 */
export const reordered = (wait_ms: number, pass: (line: LogLine) => void) => {
  let waiting: { line: LogLine; arrived: number }[] = []
  const flush = (arrivedBy: number) => {
    const ripe = waiting.filter(({ arrived }) => arrived <= arrivedBy)
    if (ripe.length === 0) return
    const last = ripe.reduce((latest, { line }) => (line.key > latest ? line.key : latest), '')
    const ready = waiting.filter(({ line }) => line.key <= last)
    waiting = waiting.filter(({ line }) => line.key > last)
    for (const { line } of ready.sort((a, b) => byKey(a.line, b.line))) pass(line)
  }
  const timer = setInterval(() => flush(Date.now() - wait_ms), wait_ms / 2)
  timer.unref()
  return {
    push: (line: LogLine): void => void waiting.push({ line, arrived: Date.now() }),
    end: (): void => {
      clearInterval(timer)
      flush(Number.POSITIVE_INFINITY)
    },
  }
}
