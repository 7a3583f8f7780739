// Which instances share which work: a consumer bears the name of its service (docs/adding-a-service.md). Pure.
import type { Service, Stream } from '../../generated/api.ts'
import { lagOf } from '../readings.ts'

/** `command`: what gives it one instance more. */
export type WorkerGroup = { service: string; hears: string[]; instances: number; waiting: number; command: string }

/** The services that have a consumer, those first for which most waits. */
export const workerGroups = (services: readonly Service[], streams: readonly Stream[]): WorkerGroup[] =>
  services
    .flatMap(({ name: service, instances: { length: instances } }) => {
      const own = streams.flatMap(({ name: stream, consumers }) =>
        consumers.filter(({ name }) => name === service).map((consumer) => ({ stream, lag: lagOf(consumer) ?? 0 })),
      )
      if (own.length === 0) return []
      const waiting = own.reduce((sum, { lag }) => sum + lag, 0)
      const hears = own.map(({ stream }) => stream)
      return [{ service, hears, instances, waiting, command: `dfctl scale ${service}=${instances + 1}` }]
    })
    .sort((a, b) => b.waiting - a.waiting || a.service.localeCompare(b.service))
