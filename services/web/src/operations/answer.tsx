// The answer to a question on a page: its outline while it loads, what went wrong with a way to ask again, and then the answer.
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { Notice, Skeleton } from '../ui/notice.tsx'
import { Problem } from '../ui/problem.tsx'
import { useWords } from './words.ts'

/** What was answered before stays while it cannot be asked again, and is said to be old. */
export const Answer = <Data,>({
  to: { data, error, refetch },
  outline,
  children,
}: {
  to: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>
  outline?: { count?: number; height?: number }
  children(data: Data): ReactNode
}) => {
  const { common } = useWords()
  if (data === undefined) return error ? <Problem error={error} retry={refetch} /> : <Skeleton {...outline} />
  return (
    <>
      {error && (
        <Notice tone="warn">
          <p>{common.stale}</p>
        </Notice>
      )}
      {children(data)}
    </>
  )
}

/** A filter that the API does not take: the form that it stands in says so. */
export const isRefusedFilter = (error: unknown): boolean =>
  error instanceof ApiProblem && error.code === 'invalid_request'
