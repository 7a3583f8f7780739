import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Service, Stream } from '../generated/api.ts'
import {
  handledPerSecond,
  highest,
  newestSample,
  recentWork,
  type ServicesReading,
  withReading,
  withSamples,
  workSinceStart,
} from './readings.ts'

const instance = (id: string, requests: number | null, errors = 0, average_ms: number | null = null) => ({
  ...{ id, version: '1.0.0', started_at: '2026-11-22T10:00:00.000Z', endpoints: [] },
  ...{ requests, errors: requests === null ? null : errors, average_ms },
})
const service = (...instances: Service['instances']): Service => ({ name: 'order', about: '', instances })
const read = (at: number, ...instances: Service['instances']): ServicesReading => ({
  at,
  items: [service(...instances)],
})

describe('what a service does', () => {
  it('is the difference between two readings, with the latency of the calls between them', () => {
    const readings = [read(0, instance('a', 100, 0, 10)), read(20_000, instance('a', 140, 4, 20))]
    // 140 calls of 20 ms are 2800 ms; the first hundred took 1000 of them.
    assert.deepEqual(recentWork(readings, 'order'), { requests: 40, errors: 4, average_ms: 45, per_second: 2 })
  })

  it('counts all of an instance that has come since, and nothing of one that has gone', () => {
    const readings = [read(0, instance('a', 100, 1, 10)), read(10_000, instance('b', 30, 0, 5))]
    assert.deepEqual(recentWork(readings, 'order'), { requests: 30, errors: 0, average_ms: 5, per_second: 3 })
  })

  it('is not known by one reading, nor of calls where it answers none', () => {
    assert.equal(recentWork([read(0, instance('a', 100))], 'order'), null)
    assert.equal(workSinceStart(service(instance('a', null), instance('b', null))), null)
    assert.deepEqual(workSinceStart(service(instance('a', 30, 3, 10), instance('b', 10, 0, 50))), {
      ...{ requests: 40, errors: 3, average_ms: 20, per_second: null },
    })
  })

  it('is measured over a minute: readings from before are let go, but for one', () => {
    let readings: readonly ServicesReading[] = []
    for (let at = 0; at <= 200_000; at += 5000) readings = withReading(readings, read(at, instance('a', at)))
    assert.deepEqual([readings[0]?.at, readings.at(-1)?.at], [140_000, 200_000])
    // After a pause nothing of the last minute is there; the last reading before it is what it is measured from.
    readings = withReading(readings, read(900_000, instance('a', 1)))
    assert.deepEqual(
      readings.map(({ at }) => at),
      [200_000, 900_000],
    )
  })
})

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, seconds)).toISOString()
const stream = (...samples: [string, number, number][]): Stream => ({
  ...{ name: 'EVENTS', about: null, problem: null, state: null },
  consumers: [{ name: 'order', problem: null, state: null, samples }],
})
const samplesOf = ([first]: readonly Stream[]) => first?.consumers[0]?.samples ?? []

describe('samples of lag', () => {
  it('are put behind those that are known, once each, for ten minutes', () => {
    const before = [stream([at(0), 1, 0], [at(5), 2, 0])]
    const now = withSamples(before, [stream([at(5), 2, 0], [at(10), 3, 4])], at(10))
    assert.deepEqual(samplesOf(now), [
      [at(0), 1, 0],
      [at(5), 2, 0],
      [at(10), 3, 4],
    ])
    assert.equal(newestSample(now), at(10))
    assert.deepEqual(samplesOf(withSamples(now, [stream([at(608), 0, 9])], at(608))), [
      [at(10), 3, 4],
      [at(608), 0, 9],
    ])
    assert.equal(newestSample([stream()]), undefined)
  })

  it('say how fast work is done, and when most of it waited', () => {
    const samples: [string, number, number][] = [
      [at(0), 0, 0],
      [at(100), 50, 10],
      [at(130), 50, 40],
      [at(150), 0, 110],
    ]
    assert.equal(handledPerSecond(samples), 2)
    assert.equal(handledPerSecond(samples.slice(0, 1)), null)
    assert.deepEqual(highest(samples), [at(130), 50, 40])
    assert.equal(highest([]), undefined)
  })
})
