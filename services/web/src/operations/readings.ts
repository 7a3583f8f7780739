// What is read again and again, put together with what was read before: calls over the last minute, and samples of lag. Pure.
import type { Service, Stream, StreamConsumer } from '../generated/api.ts'

/** The services at a moment, in milliseconds. */
export type ServicesReading = { at: number; items: readonly Service[] }

const minute = 60_000

/** Adds a reading, the newest last. Those of the last minute are kept, and one from before it to measure from. */
export const withReading = (
  readings: readonly ServicesReading[],
  reading: ServicesReading,
): readonly ServicesReading[] => {
  const begin = readings.findLastIndex(({ at }) => at <= reading.at - minute)
  return [...readings.slice(Math.max(0, begin)), reading]
}

/** What a service did: calls and failures, the milliseconds of a call (null without calls), and calls a second (null where no time passed). */
export type Work = { requests: number; errors: number; average_ms: number | null; per_second: number | null }

type Counts = Pick<Work, 'requests' | 'errors'> & { ms: number }

const none: Counts = { requests: 0, errors: 0, ms: 0 }

type Instance = Service['instances'][number]

const countsOf = ({ requests, errors, average_ms }: Instance): Counts => ({
  requests: requests ?? 0,
  errors: errors ?? 0,
  ms: (average_ms ?? 0) * (requests ?? 0),
})

const sum = (all: readonly Counts[]): Counts =>
  all.reduce((a, b) => ({ requests: a.requests + b.requests, errors: a.errors + b.errors, ms: a.ms + b.ms }), none)

const workOf = ({ requests, errors, ms }: Counts, during_ms: number | null): Work => ({
  requests,
  errors,
  average_ms: requests > 0 ? Math.max(0, ms) / requests : null,
  per_second: during_ms ? requests / (during_ms / 1000) : null,
})

/** Since the start of its instances; null for a service that answers no calls. */
export const workSinceStart = ({ instances }: Service): Work | null =>
  instances.every(({ requests }) => requests === null) ? null : workOf(sum(instances.map(countsOf)), null)

/** Over the last minute, or since the first reading; null before there are two. An instance that is new has done all of it since. */
export const recentWork = (readings: readonly ServicesReading[], name: string): Work | null => {
  const [first, last] = [readings[0], readings.at(-1)]
  if (!first || !last || first === last) return null
  const instancesOf = ({ items }: ServicesReading) => items.find((service) => service.name === name)?.instances ?? []
  const before = new Map(instancesOf(first).map((instance) => [instance.id, countsOf(instance)]))
  const changes = instancesOf(last).map((instance) => {
    const [now, then] = [countsOf(instance), before.get(instance.id) ?? none]
    return { requests: now.requests - then.requests, errors: now.errors - then.errors, ms: now.ms - then.ms }
  })
  return workOf(sum(changes), last.at - first.at)
}

type Sample = StreamConsumer['samples'][number]

const tenMinutes = 10 * minute

/** The streams as they were read now, each consumer with the samples that were known before in front of the new ones. */
export const withSamples = (before: readonly Stream[], now: readonly Stream[], read_at: string): Stream[] => {
  const oldest = new Date(Date.parse(read_at) - tenMinutes).toISOString()
  const known = new Map(
    before.flatMap(({ name, consumers }) => consumers.map((it) => [`${name}/${it.name}`, it.samples])),
  )
  return now.map((stream) => ({
    ...stream,
    consumers: stream.consumers.map((consumer) => {
      const past = known.get(`${stream.name}/${consumer.name}`) ?? []
      const last = past.at(-1)?.[0] ?? ''
      return {
        ...consumer,
        samples: [...past, ...consumer.samples.filter(([at]) => at > last)].filter(([at]) => at > oldest),
      }
    }),
  }))
}

/** The time of the newest sample of all; undefined where there is none. */
export const newestSample = (streams: readonly Stream[]): string | undefined =>
  streams
    .flatMap(({ consumers }) => consumers.map(({ samples }) => samples.at(-1)?.[0] ?? ''))
    .reduce<string | undefined>((newest, at) => (at > (newest ?? '') ? at : newest), undefined)

/** How many messages wait for a consumer or are in its hand; null while it cannot be read. */
export const lagOf = ({ state }: StreamConsumer): number | null => state && state.pending + state.ack_pending

/** Messages done a second over the last minute of the samples; null before there are two. */
export const handledPerSecond = (samples: readonly Sample[]): number | null => {
  const last = samples.at(-1)
  const first = last && samples.find(([at]) => Date.parse(at) >= Date.parse(last[0]) - minute)
  if (!first || !last || first === last) return null
  return Math.max(0, last[2] - first[2]) / ((Date.parse(last[0]) - Date.parse(first[0])) / 1000)
}

/** The sample with the largest lag, the newest of several; undefined without samples. */
export const highest = (samples: readonly Sample[]): Sample | undefined =>
  samples.reduce<Sample | undefined>(
    (most, sample) => (most === undefined || sample[1] >= most[1] ? sample : most),
    undefined,
  )
