// On what a figure was measured: machine, versions, and every setting that is not the default, with why.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import type { System } from '@deliveryflow/local/system'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'

/** Settings of the system under test that differ from what `npm start` gives it; the default and the reason beside each. */
export const settings = {
  LOG_LEVEL: { value: 'warn', default: 'info', why: 'a log nobody reads' },
  API_GATEWAY__RATE_LIMIT_PER_MINUTE: { value: '100000000', default: '600', why: 'few customers order a lot' },
  API_GATEWAY__RATE_LIMIT_AUTH_PER_MINUTE: { value: '100000000', default: '60', why: 'all customers sign in at once' },
  IDENTITY__ACCESS_TOKEN_SECONDS: { value: '3600', default: '900', why: 'tokens are issued before the measurement' },
  DELIVERY__SIMULATOR_STEP_MS: {
    value: '3600000',
    default: '3000',
    why: 'parcels stay with their couriers; the full journey has a run of its own with the default',
  },
} as const

/** The machine and the versions of what runs on it. */
export const describeConditions = async ({ backends }: System, nats: NatsConnection) => {
  const client = new pg.Client(backends.postgres.admin_url)
  await client.connect()
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
  await client.end()
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    load_average_before: loadavg()[0] ?? Number.NaN,
    node: process.version,
    nats: `${nats.info?.version} (3 nodes, sync_interval always)`,
    postgresql: `${rows[0]?.version} (fsync on, synchronous_commit on)`,
    mongo: backends.mongo.kind,
  }
}
