// Everything that check, status and the others read of an installation: each thing once for a run, when it is first asked for.
import { answersOf, services } from '@deliveryflow/contracts'
import { readStreams, type StreamReading } from '@deliveryflow/kit/messaging/streams'
import { readInstances } from '@deliveryflow/kit/rpc/instances'
import type { Cluster } from '../cluster/client.ts'
import type { Target } from '../target.ts'
import { type DatabaseReading, readDatabase } from './databases.ts'
import { type NatsServer, readServers } from './nats.ts'
import type { PodTrouble } from './pods.ts'
import type { MongoReading, RedisReading } from './stores.ts'

/**
 * The instances of a service: how many are connected to NATS, how many answer calls (null: it answers none by its nature),
 * and the versions that those give.
 */
export type Instances = { connected: number; answering: number | null; versions: string[] }

export type Readings = {
  readonly target: Target
  /** Null for a local run. */
  readonly cluster: Cluster | null
  servers(): Promise<NatsServer[]>
  streams(): Promise<StreamReading[]>
  instances(): Promise<Map<string, Instances>>
  database(name: string): Promise<DatabaseReading>
  redis(): Promise<RedisReading>
  mongo(): Promise<MongoReading>
}

/** Makes the readings of one installation. What fails throws whenever it is asked for again: make new ones to look again. */
export const readingsOf = (target: Target, cluster: Cluster | null): Readings => {
  const known = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const begun = (known.get(key) as Promise<T> | undefined) ?? read()
    known.set(key, begun)
    return begun
  }
  const servers = () => once('servers', async () => readServers(await target.natsMonitors()))
  return {
    target,
    cluster,
    servers,
    streams: () => once('streams', async () => readStreams(await target.nats())),
    instances: () =>
      once('instances', async () => {
        const [all, answering] = await Promise.all([servers(), target.nats().then(readInstances)])
        return new Map(
          services.map((service) => {
            const { name } = service
            const own = answering.filter((instance) => instance.service === name)
            return [
              name,
              {
                connected: all.reduce((sum, { users }) => sum + (users[name] ?? 0), 0),
                answering: answersOf(service).length === 0 ? null : own.length,
                versions: [...new Set(own.map(({ version }) => version))].sort(),
              },
            ]
          }),
        )
      }),
    database: (name) => once(`database ${name}`, () => readDatabase(target, name)),
    // Their drivers are loaded only by who asks for them.
    redis: () => once('redis', async () => (await import('./stores.ts')).readRedis(await target.redis())),
    mongo: () => once('mongo', async () => (await import('./stores.ts')).readMongo(await target.mongodb())),
  }
}

/** What helps a pod that is stuck: only one that has started has a log. `words` of dfctl show that log. */
export const helpFor = (readings: Readings, { stuck, pod }: PodTrouble, words: string): string => {
  if (stuck === 'without a node') return 'kubectl describe nodes'
  if (stuck === 'without an image') return commandFor(readings, 'upgrade --image-tag <one that is there>')
  return stuck === 'before its start'
    ? `kubectl describe pod ${pod}${readings.cluster ? ` -n ${readings.cluster.namespace}` : ''}`
    : commandFor(readings, words)
}

/** `dfctl …` as it must be typed to reach the same installation. */
export const commandFor = ({ target, cluster }: Readings, words: string): string => {
  if (target.kind === 'local') return `dfctl ${words} --local`
  return `dfctl ${words}${cluster && cluster.namespace !== 'deliveryflow' ? ` -n ${cluster.namespace}` : ''}`
}
