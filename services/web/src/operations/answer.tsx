// The answer to a question on a page: its outline while it loads, what went wrong with a way to ask again, and then the answer.
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Notice, Skeleton } from '../ui/notice.tsx'
import { Problem } from '../ui/problem.tsx'
import { useWords } from './words.ts'

type Outline = { count?: number; height?: number }

/** What was answered before stays while it cannot be asked again, and is said to be old. */
export const Answer = <Data,>({
  to: { data, error, refetch },
  outline,
  children,
}: {
  to: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>
  outline?: Outline
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

/** The pages read so far as one list, and the next one on demand. */
export const Pages = <Item,>({
  to,
  outline,
  empty,
  children,
}: {
  to: Pick<
    UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>,
    'data' | 'error' | 'refetch' | 'fetchNextPage' | 'hasNextPage' | 'isFetchingNextPage'
  >
  outline?: Outline
  empty: ReactNode
  children(items: Item[]): ReactNode
}) => {
  const text = useText()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = to
  if (isRefusedFilter(error)) return null
  if (data === undefined) return error ? <Problem error={error} retry={refetch} /> : <Skeleton {...outline} />
  const items = data.pages.flatMap((page) => page.items)
  return (
    <>
      {items.length === 0 && !hasNextPage ? empty : children(items)}
      {error && <Problem error={error} retry={fetchNextPage} />}
      {hasNextPage && (
        <div>
          <Button look="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      )}
    </>
  )
}
