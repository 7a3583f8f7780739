// What a report of any installation holds: what check, status and streams show, and the monitoring pages of NATS.
import { stripVTControlCharacters as plain } from 'node:util'
import { runChecks } from '../health/check.ts'
import { checksOf } from '../health/checks.ts'
import { readDeadLetters } from '../health/dead-letters.ts'
import { page } from '../health/nats.ts'
import type { Readings } from '../health/readings.ts'
import { renderHealth } from '../health/render.ts'
import { renderStatus } from '../health/render-status.ts'
import { readStatus } from '../health/status.ts'
import { consumerRow, streamRow } from '../health/streams.ts'
import type { Workload } from '../health/workloads.ts'

/** One file of a report. `read` may throw: the file then says why there is nothing. */
export type Part = { path: string; read(): Promise<string> }

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const natsPages = [
  'varz',
  'jsz?accounts=1&streams=1&consumers=1&config=1',
  'connz?auth=1&limit=10000',
  'routez',
  'healthz',
]

/** `workloads`: the Deployments of the namespace, null for a local run. */
export const commonParts = async (
  readings: Readings,
  workloads: (() => Promise<Map<string, Workload>>) | null,
): Promise<Part[]> => {
  const monitors = await readings.target.natsMonitors().catch(() => new Map<string, string>())
  return [
    {
      path: 'check.txt',
      read: async () =>
        plain(`${renderHealth(await runChecks(await checksOf(readings, { lag_limit: 1000 })), true)}\n`),
    },
    { path: 'status.txt', read: async () => plain(`${renderStatus(await readStatus(readings, workloads), true)}\n`) },
    { path: 'status.json', read: async () => json(await readStatus(readings, workloads)) },
    { path: 'streams.json', read: async () => json((await readings.streams()).map(streamRow)) },
    {
      path: 'consumers.json',
      read: async () => json((await readings.streams()).flatMap(({ consumers }) => consumers).map(consumerRow)),
    },
    { path: 'dead-letters.json', read: async () => json(await readDeadLetters(await readings.target.nats(), 100)) },
    ...[...monitors].flatMap(([server, url]) =>
      natsPages.map(
        (name): Part => ({
          path: `nats/${server}/${name.replace(/\?.*/, '')}.json`,
          read: async () => json(await page(`${url}/${name}`)),
        }),
      ),
    ),
  ]
}
