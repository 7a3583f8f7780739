// What went wrong, in the reader's words, and what to do about it.
import { ApiProblem, mayHeal, Unreachable } from '../api/problem.ts'
import { useSession } from '../api/session.ts'
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

/** What the API itself says, which who runs the system can act on. What it says of fields stands at the fields. */
const detailOf = (error: unknown): string | null =>
  error instanceof ApiProblem && Object.keys(error.fields).length === 0 ? error.message : null

/** `retry`: offered where the same may succeed a moment later. */
export const Problem = ({ error, retry }: { error: unknown; retry?: () => void }) => {
  const text = useText()
  const isOperator = useSession(({ user }) => user?.role === 'admin')
  const words = explain(text, error)
  const detail = detailOf(error)
  return (
    <Notice tone="bad">
      <p>{words}</p>
      {isOperator && detail !== null && detail !== words && <p lang="en">{detail}</p>}
      {retry && mayHeal(error) && (
        <Button look="quiet" size="small" onClick={retry}>
          {text.tryAgain}
        </Button>
      )}
    </Notice>
  )
}
