// What of a running system somebody should look at, the worst first. Pure: it judges what was read, by limits of its own.
import type { Stream } from '../../generated/api.ts'
import { lagOf, recentWork, type ServicesReading, type Work, workSinceStart } from '../readings.ts'

export type Judgement = 'good' | 'doubtful' | 'bad'

/** Failed calls: one that fails alone is no pattern. */
export const judgeErrors = ({ requests, errors }: Work): Judgement => {
  const share = errors / Math.max(1, requests)
  if (errors >= 5 && share >= 0.05) return 'bad'
  return share >= 0.01 ? 'doubtful' : 'good'
}

export const judgeLatency = ({ average_ms }: Work): Judgement => {
  if (average_ms === null || average_ms < 250) return 'good'
  return average_ms < 1000 ? 'doubtful' : 'bad'
}

/** How many messages may wait for a consumer: as many as `dfctl check` lets pass. */
export const lagLimit = 1000

export type Attention = { judgement: Exclude<Judgement, 'good'> } & (
  | { kind: 'no_instance'; service: string }
  | { kind: 'errors'; service: string; share: number }
  | { kind: 'slow'; service: string; average_ms: number }
  | { kind: 'stream_unread'; stream: string; why: string }
  | { kind: 'replicas'; stream: string; current: number; all: number }
  | { kind: 'consumer_unread'; stream: string; consumer: string; why: string }
  | { kind: 'lag'; stream: string; consumer: string; count: number }
  | { kind: 'letters'; count: number }
  | { kind: 'stuck'; count: number; more: boolean }
)

/** `stuck`: of a first page; `more`: there is another. What was not read yet is left out. */
export type Seen = {
  services?: readonly ServicesReading[] | undefined
  streams?: readonly Stream[] | undefined
  stuck?: { count: number; more: boolean } | undefined
}

export const attentionOf = ({ services = [], streams = [], stuck }: Seen): Attention[] => {
  const down = new Set(services.at(-1)?.items.flatMap(({ name, instances }) => (instances.length > 0 ? [] : [name])))
  const letters = deadLettersIn(streams)
  const all: Attention[] = [
    ...[...down].map((service): Attention => ({ judgement: 'bad', kind: 'no_instance', service })),
    ...(stuck && stuck.count > 0 ? [{ judgement: 'bad', kind: 'stuck', ...stuck } as const] : []),
    ...streams.flatMap((stream) => ofStream(stream, down)),
    ...(letters ? [{ judgement: 'doubtful', kind: 'letters', count: letters } as const] : []),
    ...ofCalls(services),
  ]
  return all.sort((a, b) => Number(b.judgement === 'bad') - Number(a.judgement === 'bad'))
}

/** How many messages lie in the stream of dead letters; null while it cannot be read. */
export const deadLettersIn = (streams: readonly Stream[]): number | null =>
  streams.find(({ name }) => name === 'DLQ')?.state?.messages ?? null

const ofCalls = (readings: readonly ServicesReading[]): Attention[] =>
  (readings.at(-1)?.items ?? []).flatMap((service): Attention[] => {
    const work = recentWork(readings, service.name) ?? workSinceStart(service)
    if (!work) return []
    const { requests, errors, average_ms } = work
    const bad = { judgement: 'bad', service: service.name } as const
    return [
      ...(judgeErrors(work) === 'bad' ? [{ ...bad, kind: 'errors', share: errors / requests } as const] : []),
      ...(average_ms !== null && judgeLatency(work) === 'bad' ? [{ ...bad, kind: 'slow', average_ms } as const] : []),
    ]
  })

const ofStream = ({ name: stream, state, problem, consumers }: Stream, down: ReadonlySet<string>): Attention[] => {
  if (!state) return [{ judgement: 'bad', kind: 'stream_unread', stream, why: problem ?? '' }]
  const { replicas: all, replicas_current: current } = state
  return [
    ...(current < all ? [{ judgement: 'doubtful', kind: 'replicas', stream, current, all } as const] : []),
    ...consumers.flatMap((consumer): Attention[] => {
      const of = { stream, consumer: consumer.name }
      const count = lagOf(consumer)
      if (count === null) return [{ judgement: 'bad', kind: 'consumer_unread', ...of, why: consumer.problem ?? '' }]
      // Where nobody works on it, whatever waits will wait.
      if (down.has(consumer.name)) return count > 0 ? [{ judgement: 'bad', kind: 'lag', ...of, count }] : []
      return count > lagLimit ? [{ judgement: 'doubtful', kind: 'lag', ...of, count }] : []
    }),
  ]
}
