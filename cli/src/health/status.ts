// The whole installation as one value: what `dfctl status` prints. What cannot be read is in it with the reason.
import { databases, services } from '@deliveryflow/contracts'
import { pages } from '../deployments.ts'
import { Failure, reasonOf } from '../failure.ts'
import { explainDatabase, type Sagas } from './databases.ts'
import { commandFor, type Instances, type Readings } from './readings.ts'
import { type StreamRow, streamRow } from './streams.ts'
import type { Workload } from './workloads.ts'

/**
 * One service, or the pages where they have a Deployment. `ready`, `wanted`, `restarts`: of its Deployment, null for a local run. `connected`, `answering`: instances that
 * NATS knows. `lag`: messages that wait for it or are in its hands. Null is not known, or not of its nature.
 */
export type ServiceRow = {
  name: string
  ready: number | null
  wanted: number | null
  version: string | null
  restarts: number | null
  connected: number | null
  answering: number | null
  lag: number | null
}

/** Something that answers or does not, with the reason. */
export type Part = { name: string; up: boolean; version: string | null; reason: string | null }

export type DatabaseRow = Part & {
  bytes: number | null
  outbox_pending: number | null
  outbox_oldest_ms: number | null
}

export type Status = {
  target: string
  at: string
  services: ServiceRow[]
  nats: { leader: string | null; servers: (Part & { storage: number })[]; reason: string | null }
  streams: StreamRow[]
  databases: DatabaseRow[]
  stores: Part[]
  sagas: Sagas | null
  dead_letters: number | null
}

/** Reads everything side by side; never throws for a part that is away. `workloads`: the Deployments, null for a local run. */
export const readStatus = async (
  readings: Readings,
  workloads: (() => Promise<Map<string, Workload>>) | null,
): Promise<Status> => {
  const [deployments, servers, streams, instances, databaseRows, redis, mongo] = await Promise.all([
    attempt(async () => workloads?.() ?? null),
    attempt(readings.servers),
    attempt(readings.streams),
    attempt(readings.instances),
    Promise.all(databases.map((name) => readDatabaseRow(readings, name))),
    part('Redis', readings.redis),
    part('MongoDB', readings.mongo),
  ])
  // Without Kubernetes there is nothing to tell of an installation that runs on it.
  const blind = servers.value?.every(({ up }) => !up) !== false
  if (deployments.error instanceof Failure && blind) throw deployments.error
  if (deployments.value?.size === 0 && blind) {
    throw new Failure('not_found', `Nothing is installed in ${readings.target.label}`, {
      next: `Install it: ${commandFor(readings, 'deploy')}; another installation: --namespace.`,
    })
  }
  const lags = new Map<string, number>()
  for (const { info, name } of (streams.value ?? []).flatMap(({ consumers }) => consumers))
    if (info) lags.set(name, (lags.get(name) ?? 0) + info.num_pending + info.num_ack_pending)
  return {
    target: readings.target.label,
    at: new Date().toISOString(),
    services: [
      ...services.map(({ name, hears }) =>
        serviceRow(
          name,
          deployments.value?.get(name),
          instances.value?.get(name),
          hears.length > 0 ? lags.get(name) : undefined,
        ),
      ),
      ...(deployments.value?.has(pages) ? [serviceRow(pages, deployments.value.get(pages), undefined, undefined)] : []),
    ],
    nats: {
      leader: servers.value?.find(({ leader }) => leader !== null)?.leader ?? null,
      servers: (servers.value ?? []).map(({ name, up, version, reason, storage }) => ({
        name,
        up,
        version,
        reason,
        storage,
      })),
      reason: servers.error || streams.error ? reasonOf(servers.error ?? streams.error) : null,
    },
    streams: (streams.value ?? []).map(streamRow),
    databases: databaseRows.map(({ row }) => row),
    stores: [redis, mongo],
    sagas: databaseRows.find(({ row }) => row.name === 'saga')?.sagas ?? null,
    dead_letters: streams.value?.find(({ name }) => name === 'DLQ')?.info?.state.messages ?? null,
  }
}

const serviceRow = (
  name: string,
  workload: Workload | undefined,
  instances: Instances | undefined,
  lag: number | undefined,
): ServiceRow => ({
  name,
  ready: workload?.ready ?? null,
  wanted: workload?.wanted ?? null,
  version: workload?.version ?? (instances?.versions.join(', ') || null),
  restarts: workload?.restarts ?? null,
  connected: instances?.connected ?? null,
  answering: instances?.answering ?? null,
  lag: lag ?? null,
})

const readDatabaseRow = async (
  readings: Readings,
  name: string,
): Promise<{ row: DatabaseRow; sagas: Sagas | null }> => {
  try {
    const { version, bytes, outbox, sagas } = await readings.database(name)
    const row = {
      name,
      up: true,
      version,
      reason: null,
      bytes,
      outbox_pending: outbox.pending,
      outbox_oldest_ms: outbox.oldest_ms,
    }
    return { row, sagas }
  } catch (error) {
    const reason =
      error instanceof Failure && error.cause === undefined ? error.message : explainDatabase(error, name).reason
    const row = { name, up: false, version: null, reason, bytes: null, outbox_pending: null, outbox_oldest_ms: null }
    return { row, sagas: null }
  }
}

const part = async (name: string, read: () => Promise<{ version: string }>): Promise<Part> => {
  const { value, error } = await attempt(read)
  return { name, up: value !== null, version: value?.version ?? null, reason: value === null ? reasonOf(error) : null }
}

const attempt = async <T>(read: () => Promise<T>): Promise<{ value: T | null; error: unknown }> => {
  try {
    return { value: await read(), error: null }
  } catch (error) {
    return { value: null, error }
  }
}
