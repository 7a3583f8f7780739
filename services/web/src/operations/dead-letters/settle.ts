// Retries or drops many dead letters, a portion at a time, so that each answer comes in time and one that fails leaves the others.
import { api, dataOf } from '../../api/client.ts'
import { mayHeal } from '../../api/problem.ts'
import type { LetterFilter } from '../queries.ts'

/** What became of a letter. `unknown`: the answer did not come, so it may have been done or not. */
export type Outcome = {
  sequence: number
  outcome: 'handled' | 'failed' | 'unavailable' | 'gone' | 'dropped' | 'unknown'
  error: string | null
}

/** One action, however many requests it takes: the history keeps them under one id. `body`: in the place of the only letter's body. */
export type Act = { kind: 'retry' | 'drop'; action_id: string; reason: string; body?: string }

/** Letters by their places, or all that a filter lets pass when it is done. */
export type Chosen = readonly number[] | LetterFilter

/** The gateway waits five seconds for an answer; a letter is handled in a few milliseconds. */
const portion = 10

/** Yields what became of each portion. Throws the problem of a portion that could not be done. */
export async function* settle(chosen: Chosen, act: Act): AsyncGenerator<Outcome[]> {
  const places = isPlaces(chosen) ? chosen : await placesOf(chosen)
  for (let at = 0; at < places.length; at += portion) {
    const sequences = places.slice(at, at + portion)
    try {
      yield await patiently(() => (act.kind === 'retry' ? retry(sequences, act) : drop(sequences, act)))
    } catch (error) {
      // A refusal says that nothing was done.
      if (mayHeal(error)) yield sequences.map((sequence) => ({ sequence, outcome: 'unknown', error: null }))
      throw error
    }
  }
}

const isPlaces = (chosen: Chosen): chosen is readonly number[] => Array.isArray(chosen)

const placesOf = async (filter: LetterFilter): Promise<number[]> => {
  const places: number[] = []
  for (let cursor: string | undefined; ; ) {
    const query = { ...filter, limit: 100, ...(cursor && { cursor }) }
    const page = await patiently(() => dataOf(api.GET('/api/dead-letters', { params: { query } })))
    places.push(...page.items.map(({ sequence }) => sequence))
    if (page.next_cursor === null) return places
    cursor = page.next_cursor
  }
}

const retry = async (sequences: number[], { action_id, reason, body }: Act): Promise<Outcome[]> => {
  const asked = { action_id, reason, sequences, ...(body !== undefined && { body }) }
  return (await dataOf(api.POST('/api/dead-letters/retry', { body: asked }))).results
}

/** The answer counts those that were still there; which, it does not say. */
const drop = async (sequences: number[], { action_id, reason }: Act): Promise<Outcome[]> => {
  const { dropped } = await dataOf(api.POST('/api/dead-letters/drop', { body: { action_id, reason, sequences } }))
  const outcome = dropped === 0 ? 'gone' : 'dropped'
  return sequences.map((sequence) => ({ sequence, outcome, error: null }))
}

/** Each of these calls may be made again: what was handled is recognised. */
const patiently = async <T>(call: () => Promise<T>, left = 3): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    if (left === 0 || !mayHeal(error)) throw error
    await new Promise((resolve) => setTimeout(resolve, 2000))
    return patiently(call, left - 1)
  }
}
