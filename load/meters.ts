// What the system spends: processor time by component, and what NATS and PostgreSQL count themselves.
import type { System } from '@deliveryflow/local/system'
import pg from 'pg'
import { canReadProcessorTime, diskFlushes, machineBusy, ownProcessorTime, processorTimeOf } from './processor-time.ts'

/** The count of how often anybody on the machine made the disk keep what was written. */
export const flushCount = 'disk flushes, whole machine'

/** Amounts since the start of each component. `processor`: milliseconds by component. */
export type Reading = {
  at: number
  processor: Record<string, number>
  machine_busy: number | null
  counts: Record<string, number>
}

export type Meters = { read(): Promise<Reading>; close(): Promise<void> }

/** Meters on a system and the load generator with this pid. */
export const openMeters = async ({ backends, processes }: System, generatorPid: number): Promise<Meters> => {
  const { nats, postgres, mongo, redis } = backends
  const postgresql = new pg.Client(postgres.admin_url)
  postgresql.on('error', () => undefined) // the server was stopped before us
  await postgresql.connect()
  const groups = (): Record<string, (number | undefined)[]> => ({
    ...Object.fromEntries([...processes].map(([name, { pid }]) => [name, [pid]])),
    nats: nats.nodes.map(({ pid }) => pid),
    postgres: [postgres.pid],
    redis: [redis.pid],
    mongo: [mongo.pid],
    generator: [generatorPid],
  })

  const counts = async (): Promise<Record<string, number>> => {
    const { rows } = await postgresql.query<Record<string, number>>(
      `select sum(xact_commit)::float8 as commits, (select wal_bytes::float8 from pg_stat_wal) as wal_bytes,
         (select coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal') as wal_fsyncs
       from pg_stat_database`,
    )
    const nodes = await Promise.all(
      nats.nodes.map(async ({ monitor_url }) => {
        const answer = await fetch(`${monitor_url}/varz`, { signal: AbortSignal.timeout(5000) })
        return (await answer.json()) as { in_msgs: number; in_bytes: number }
      }),
    )
    const flushes = diskFlushes()
    return {
      ...(flushes === null ? {} : { [flushCount]: flushes }),
      'PostgreSQL commits': rows[0]?.commits ?? 0,
      'PostgreSQL WAL bytes': rows[0]?.wal_bytes ?? 0,
      'PostgreSQL WAL fsyncs': rows[0]?.wal_fsyncs ?? 0,
      'NATS messages in, three nodes': nodes.reduce((sum, { in_msgs }) => sum + in_msgs, 0),
      'NATS bytes in, three nodes': nodes.reduce((sum, { in_bytes }) => sum + in_bytes, 0),
    }
  }

  return {
    read: async () => {
      const processor = Object.entries(groups()).map(([name, pids]) => [
        name,
        processorTimeOf(pids.filter((pid) => pid !== undefined)),
      ])
      return {
        at: performance.now(),
        // The catcher runs within this process, which does little else meanwhile.
        processor: canReadProcessorTime ? { ...Object.fromEntries(processor), 'mail catcher': ownProcessorTime() } : {},
        machine_busy: machineBusy(),
        counts: await counts(),
      }
    },
    close: () => postgresql.end(),
  }
}

/** What was spent from one reading to the next. */
export const spent = (before: Reading, after: Reading) => {
  const minus = (now: Record<string, number>, then: Record<string, number>) =>
    Object.fromEntries(Object.entries(now).map(([name, amount]) => [name, amount - (then[name] ?? 0)]))
  const milliseconds = after.at - before.at
  const processor = minus(after.processor, before.processor)
  const ours = Object.values(processor).reduce((sum, time) => sum + time, 0)
  const busy =
    after.machine_busy === null || before.machine_busy === null ? null : after.machine_busy - before.machine_busy
  return {
    milliseconds,
    processor,
    counts: minus(after.counts, before.counts),
    /** Processors in use on average: by the system with its load, and by whatever else ran on the machine. */
    processors: { ours: ours / milliseconds, others: busy === null ? null : Math.max(0, busy - ours) / milliseconds },
  }
}
