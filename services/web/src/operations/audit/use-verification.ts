// The proof of the whole history as a walk over its parts, which can be stopped and goes on where it was.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { queries } from '../queries.ts'
import { verdictOf } from './verdict.ts'

/** `stopped`: by whoever looks at it, or by a part that could not be judged. */
export type State = 'idle' | 'running' | 'stopped' | 'done'

/** The parts lie in the cache as pages of one list: so it goes on where it was stopped, and a part that fails is asked for again. */
export const useVerification = () => {
  const cache = useQueryClient()
  const [isWanted, setWanted] = useState(false)
  const query = queries.verification()
  const { data, error, fetchNextPage, hasNextPage, isFetching } = useInfiniteQuery({ ...query, enabled: false })
  const mayGoOn = isWanted && error === null && (data === undefined || hasNextPage)
  useEffect(() => {
    if (mayGoOn && !isFetching) void fetchNextPage()
  }, [mayGoOn, isFetching, fetchNextPage])

  const stop = () => {
    setWanted(false)
    void cache.cancelQueries({ queryKey: query.queryKey })
  }
  const state = (): State => {
    if (mayGoOn || (isWanted && isFetching)) return 'running'
    if (data === undefined) return 'idle'
    return hasNextPage ? 'stopped' : 'done'
  }
  return {
    verdict: data && verdictOf(data.pages),
    state: state(),
    error,
    stop,
    start: () => {
      setWanted(true)
      void cache.resetQueries({ queryKey: query.queryKey })
    },
    goOn: () => {
      setWanted(true)
      void fetchNextPage()
    },
  }
}
