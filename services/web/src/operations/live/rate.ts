// How many events a second there were lately. Pure: the time is given to it.

export type RateCounter = {
  /** Counts events at a moment, in milliseconds; moments never go back. */
  count(events: number, at: number): void
  /** Events a second over the last seconds before a moment; over the time since the start while that is shorter. */
  perSecond(at: number): number
}

/** `over_ms`: how far back it looks. */
export const rateCounter = (started: number, over_ms = 5000): RateCounter => {
  let counted: { at: number; events: number }[] = []
  return {
    count: (events, at) => {
      counted = counted.filter((one) => one.at > at - over_ms)
      counted.push({ at, events })
    },
    perSecond: (at) => {
      const events = counted.filter((one) => one.at > at - over_ms).reduce((sum, one) => sum + one.events, 0)
      return events / (Math.min(over_ms, Math.max(1000, at - started)) / 1000)
    },
  }
}
