// What an order waits for, in words. Pure.
import type { Saga } from '../../generated/api.ts'
import type { Words } from '../text/en.ts'

/** A step that is not known here is named as it is; null for an order that waits for nothing. */
export const waitedFor = (
  { status, step }: Pick<Saga, 'status' | 'step'>,
  { step: steps, undo }: Pick<Words['orders'], 'step' | 'undo'>,
): string | null => {
  if (step === null || status === 'COMPLETED' || status === 'CANCELLED') return null
  return (status === 'RUNNING' ? steps : undo)[step] ?? step
}

/** Each fact with the milliseconds since the one before it, in the order of time. */
export const stepsOf = ({ facts }: Pick<Saga, 'facts'>): (Saga['facts'][number] & { took_ms: number | null })[] =>
  facts
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .map((fact, index, all) => {
      const before = all[index - 1]
      return { ...fact, took_ms: before ? Date.parse(fact.at) - Date.parse(before.at) : null }
    })
