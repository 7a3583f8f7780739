// What went wrong, in the reader's words, and what to do about it.
import { ApiProblem, mayHeal, Unreachable } from '../api/problem.ts'
import type { Text } from '../text/en.ts'
import { useText } from '../text/preferences.ts'
import { Button } from './button.tsx'
import { Notice } from './notice.tsx'

/** One sentence for an error. The words of the API, which are English, where there are no better ones. */
export const explain = ({ problem }: Text, error: unknown): string => {
  if (error instanceof Unreachable) return problem.unreachable
  if (!(error instanceof ApiProblem)) return problem.internal
  const { code, message } = error
  switch (code) {
    case 'unavailable':
    case 'timeout':
      return problem.unavailable
    case 'too_many_requests':
      return problem.tooMany
    case 'internal':
      return problem.internal
    case 'not_found':
      return problem.notFoundText
    default:
      return (problem.codes as Partial<Record<string, string>>)[code] ?? message
  }
}

/** `retry`: offered where the same may succeed a moment later. */
export const Problem = ({ error, retry }: { error: unknown; retry?: () => void }) => {
  const text = useText()
  return (
    <Notice tone="bad">
      <p>{explain(text, error)}</p>
      {retry && mayHeal(error) && (
        <Button look="quiet" size="small" onClick={retry}>
          {text.tryAgain}
        </Button>
      )}
    </Notice>
  )
}
