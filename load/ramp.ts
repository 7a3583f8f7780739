// Finds the highest rate that the system keeps up with; how a rate is tried is the caller's.
import type { StepResult } from './messages.ts'

/** A rate is sustained when at least this share of its orders is paid in time, … */
export const requiredShare = 0.99
/** … and all but one in a hundred of them within this many milliseconds of when they were due. */
export const requiredP99 = 1000

export const isSustained = ({ sent, paid_in_time, journey }: StepResult): boolean =>
  paid_in_time >= sent * requiredShare && journey.p99 < requiredP99

/**
 * Tries the rates in ascending order. One that fails is tried once more, since a machine has other things to do as well;
 * after the second failure the middle between it and the last good one is tried, and that is all. Returns the highest
 * sustained rate, 0 when there is none.
 */
export const findSustained = async (
  rates: readonly number[],
  attempt: (rate: number) => Promise<StepResult>,
): Promise<number> => {
  const holds = async (rate: number) => isSustained(await attempt(rate)) || isSustained(await attempt(rate))
  let best = 0
  for (const rate of rates) {
    if (await holds(rate)) {
      best = rate
      continue
    }
    const middle = Math.round((best + rate) / 2)
    return best > 0 && (await holds(middle)) ? middle : best
  }
  return best
}
