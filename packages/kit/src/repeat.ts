// What a process does again and again beside its work, until it is stopped: one loop for all of them.
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `pass` after `first_ms`, and again after as many milliseconds as it answers each time; one at a time. A pass deals with
 * its own failures: one that it throws is a defect, and ends the process. `stop` resolves when the pass in hand, which is told by
 * the signal, has ended.
 */
export const repeat = (
  first_ms: number,
  pass: (stopped: AbortSignal) => Promise<number>,
): { stop(): Promise<void> } => {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async () => {
    for (let pause = first_ms; ; pause = await pass(signal)) {
      await sleep(pause, undefined, { signal }).catch(() => undefined) // Only the stop cuts it short.
      if (signal.aborted) return
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
