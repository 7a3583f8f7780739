// A list that comes in pages: its outline while it loads, what went wrong with a way to ask again, and the next page on demand.
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useText } from '../text/preferences.ts'
import { Button } from './button.tsx'
import { Skeleton } from './notice.tsx'
import style from './page.module.css'
import { Problem } from './problem.tsx'

/** The pages read so far as one list. What was read stays while it cannot be read anew, with what is wrong below it. */
export const Pages = <Item,>({
  to,
  outline,
  empty,
  children,
}: {
  to: Pick<
    UseInfiniteQueryResult<InfiniteData<{ items: Item[] }>>,
    'data' | 'error' | 'refetch' | 'fetchNextPage' | 'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError'
  >
  outline?: { count?: number; height?: number }
  empty: ReactNode
  children(items: Item[]): ReactNode
}) => {
  const text = useText()
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = to
  if (data === undefined) return error ? <Problem error={error} retry={refetch} /> : <Skeleton {...outline} />
  const items = data.pages.flatMap((page) => page.items)
  return (
    <>
      {items.length === 0 && !hasNextPage ? empty : children(items)}
      {error && <Problem error={error} retry={isFetchNextPageError ? fetchNextPage : refetch} />}
      {hasNextPage && (
        <div className={style.more}>
          <Button look="quiet" busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      )}
    </>
  )
}
