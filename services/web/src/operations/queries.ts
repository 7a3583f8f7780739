// Every question that the operations desk asks: its key in the cache, and the call that answers it.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import { mine, paged, type QueryOf } from '../api/queries.ts'
import type { AuditRecord, operations, Stream } from '../generated/api.ts'
import { newestSample, type ServicesReading, withReading, withSamples } from './readings.ts'

export type LetterFilter = Omit<QueryOf<'listDeadLetters'>, 'cursor' | 'limit'>
export type Grouping = NonNullable<QueryOf<'groupDeadLetters'>['by']>
export type AuditFilter = Omit<QueryOf<'listAuditEvents'>, 'cursor' | 'limit' | 'order'>

const desk = [mine, 'operations'] as const
/** What lives on the page is asked for again so often, in milliseconds. */
export const live = 5000
/** The most events of an order that its trace shows. */
export const mostOfJourney = 500

/** What the specification says of an answer; openapi-fetch takes the pairs in it for lists of any length. */
type AnswerTo<Id extends 'listStreams' | 'listStreamMessages' | 'getDeadLetter'> =
  operations[Id]['responses'][200]['content']['application/json']
export type Letter = AnswerTo<'getDeadLetter'>

type Streams = { read_at: string; items: readonly Stream[] }

export const keys = {
  letters: [...desk, 'letters'],
  replays: [...desk, 'replays'],
  orders: [...desk, 'orders'],
} as const

export const queries = {
  services: () =>
    queryOptions({
      queryKey: [...desk, 'services'],
      queryFn: async ({ client, queryKey }): Promise<readonly ServicesReading[]> => {
        const { items } = await dataOf(api.GET('/api/operations/services'))
        return withReading(client.getQueryData<readonly ServicesReading[]>(queryKey) ?? [], { at: Date.now(), items })
      },
      refetchInterval: live,
    }),
  streams: () =>
    queryOptions({
      queryKey: [...desk, 'streams'],
      queryFn: async ({ client, queryKey }): Promise<Streams> => {
        const before = client.getQueryData<Streams>(queryKey)?.items ?? []
        const samples_after = newestSample(before)
        const query = { ...(samples_after && { samples_after }) }
        const answer = dataOf(api.GET('/api/operations/streams', { params: { query } }))
        const { read_at, items } = await (answer as Promise<AnswerTo<'listStreams'>>)
        return { read_at, items: withSamples(before, items, read_at) }
      },
      refetchInterval: live,
    }),
  messages: (stream: string, subject: string) =>
    infiniteQueryOptions({
      queryKey: [...desk, 'messages', stream, subject],
      queryFn: ({ pageParam }) =>
        dataOf(
          api.GET('/api/operations/streams/{stream}/messages', {
            params: { path: { stream }, query: { limit: 20, ...(subject && { subject }), ...pageParam } },
          }),
        ) as Promise<AnswerTo<'listStreamMessages'>>,
      initialPageParam: {} as { before?: number },
      getNextPageParam: ({ next }) => (next?.before === undefined ? undefined : { before: next.before }),
    }),
  letterGroups: (by: Grouping) =>
    queryOptions({
      queryKey: [...keys.letters, 'groups', by],
      queryFn: () => dataOf(api.GET('/api/dead-letter-groups', { params: { query: { by } } })),
    }),
  letters: (filter: LetterFilter) =>
    paged([...keys.letters, 'list', filter], (cursor) =>
      dataOf(api.GET('/api/dead-letters', { params: { query: { limit: 20, ...filter, ...(cursor && { cursor }) } } })),
    ),
  letter: (sequence: number) =>
    queryOptions({
      queryKey: [...keys.letters, 'one', sequence],
      queryFn: () =>
        dataOf(api.GET('/api/dead-letters/{sequence}', { params: { path: { sequence } } })) as Promise<Letter>,
    }),
  stuckOrders: () =>
    paged([...keys.orders, 'stuck'], (cursor) =>
      dataOf(api.GET('/api/operations/orders/stuck', { params: { query: { limit: 20, ...(cursor && { cursor }) } } })),
    ),
  saga: (order_id: string) =>
    queryOptions({
      queryKey: [...keys.orders, order_id, 'saga'],
      queryFn: () => dataOf(api.GET('/api/operations/orders/{order_id}/saga', { params: { path: { order_id } } })),
    }),
  journey: (order_id: string) =>
    queryOptions({
      queryKey: [...keys.orders, order_id, 'journey'],
      queryFn: ({ signal }) => journeyOf(order_id, signal),
    }),
  audit: (filter: AuditFilter) =>
    paged([...desk, 'audit', filter], (cursor) =>
      dataOf(
        api.GET('/api/audit/events', {
          params: { query: { ...filter, limit: 50, order: 'desc', ...(cursor && { cursor }) } },
        }),
      ),
    ),
  /** Part by part, each from where the one before ended. */
  verification: () =>
    infiniteQueryOptions({
      queryKey: [...desk, 'verification'],
      queryFn: ({ pageParam, signal }) =>
        dataOf(
          api.GET('/api/audit/verification', { params: { query: pageParam ? { cursor: pageParam } : {} }, signal }),
        ),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    }),
  replays: () =>
    queryOptions({
      queryKey: keys.replays,
      queryFn: () => dataOf(api.GET('/api/replays', { params: { query: { limit: 50 } } })),
    }),
  plan: (projection: string) =>
    queryOptions({
      queryKey: [...desk, 'plan', projection],
      queryFn: () => dataOf(api.GET('/api/replays/plan', { params: { query: { projection } } })),
    }),
}

/** All that the history holds of an order's journey, the oldest first; `isCut`: there is more than is shown. */
const journeyOf = async (order_id: string, signal: AbortSignal): Promise<{ items: AuditRecord[]; isCut: boolean }> => {
  const items: AuditRecord[] = []
  for (let cursor: string | undefined; items.length < mostOfJourney; ) {
    const query = { correlation_id: order_id, limit: 100, ...(cursor && { cursor }) }
    const page = await dataOf(api.GET('/api/audit/events', { params: { query }, signal }))
    items.push(...page.items)
    if (page.next_cursor === null) return { items, isCut: false }
    cursor = page.next_cursor
  }
  return { items, isCut: true }
}
