// Which dead letters are meant: named by their places, or found by what they have in common.
import { type DeadLetter, type InputOf, listDeadLetters } from '@deliveryflow/contracts'
import { type Ask, granted } from '../calls.ts'
import { Failure } from '../failure.ts'

export type LetterFilter = Pick<InputOf<typeof listDeadLetters>, 'service' | 'stream' | 'type' | 'error'>

/** The letters that fit, oldest first, read page by page. */
export async function* lettersOf(ask: Ask, filter: LetterFilter): AsyncGenerator<DeadLetter> {
  let cursor: string | undefined
  do {
    const page = granted(listDeadLetters, await ask(listDeadLetters, { ...filter, limit: 100, cursor }))
    yield* page.items
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
}

/**
 * The places that are meant: those that are named, or all that fit when none is. Throws `usage` when neither says anything and `all` was not
 * asked for, and `not_found` when nothing fits.
 */
export const chosen = async (
  ask: Ask,
  named: readonly number[],
  filter: LetterFilter,
  all: boolean,
): Promise<number[]> => {
  const filtered = Object.values(filter).some((value) => value !== undefined)
  if (named.length > 0 && (filtered || all))
    throw new Failure('usage', 'Places are named, and a selection too', { next: 'Give one of them.' })
  if (named.length > 0) return [...new Set(named)]
  if (!filtered && !all)
    throw new Failure('usage', 'Which dead letters?', {
      next: 'Name places (dfctl dlq list shows them), a group by --error, --service, --stream or --type, or --all.',
    })
  const places: number[] = []
  for await (const { sequence } of lettersOf(ask, filter)) places.push(sequence)
  if (places.length === 0) throw new Failure('not_found', 'No dead letter fits', { next: 'See dfctl dlq list.' })
  return places
}
