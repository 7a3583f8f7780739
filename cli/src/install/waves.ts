// Announces the waves of a deploy, each with its progress and time, and names the one that failed.
import { Failure } from '../failure.ts'
import { type Progress, progress } from '../terminal.ts'

/** Runs one wave: `work` tells how far it is through the progress, and resolves to what it did. */
export type Waves = { run(title: string, work: (step: Progress) => Promise<string>): Promise<void> }

/** Counts the waves of a command. Each failure gets the name of its wave; `signal` says whether it was interrupted. */
export const countWaves = (count: number, signal: AbortSignal): Waves => {
  let at = 0
  return {
    run: async (title, work) => {
      const name = `${++at}/${count} ${title}`
      const step = progress(name)
      try {
        if (signal.aborted) throw new Error('interrupted')
        const done = await work(step)
        step.done(`${name}: ${done}`)
      } catch (error) {
        step.fail(name)
        if (signal.aborted) {
          throw new Failure('failed', `Interrupted in wave ${at} of ${count}, ${title}`, {
            next: 'Run the same command again: it continues.',
            cause: error,
          })
        }
        throw inWave(error, `wave ${at} of ${count}, ${title}`)
      }
    },
  }
}

const inWave = (error: unknown, wave: string): unknown =>
  error instanceof Failure
    ? new Failure(error.kind, `${error.message} (${wave})`, {
        cause: error,
        ...(error.why ? { why: error.why } : {}),
        ...(error.next ? { next: error.next } : {}),
      })
    : error
