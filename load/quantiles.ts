// Exact quantiles of all observations; no histogram, whose buckets would round.
import type { Quantiles } from './messages.ts'

/**
 * The nearest-rank quantiles of the values, rounded to 0.1. What never happened belongs in `values` as Infinity. All NaN
 * when there are no values.
 */
export const quantilesOf = (values: readonly number[]): Quantiles => {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
    return Math.round(value * 10) / 10
  }
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}
