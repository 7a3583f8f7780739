// Makes the streams and durable consumers that the contracts name, and says what it changed. A deploy step; never a service.
import {
  type ConsumerContract,
  consumerSettings,
  consumersOf,
  type StreamSettings,
  services,
  streams,
} from '@deliveryflow/contracts'
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
} from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { type Patience, until } from '../patience.ts'

/** What was done to one stream or consumer. */
export type Provisioned = { kind: 'stream' | 'consumer'; name: string; change: 'created' | 'updated' | 'unchanged' }

/** Servers tell each other every 10 s that they are there, and no stream is placed before its servers have. */
const heartbeats: Patience = { wait_ms: 30_000, report: () => undefined }

/**
 * Brings every stream and consumer to what the contracts say; can be run at any time. Nothing is ever deleted. `replicas`:
 * copies of each stream, 3 wherever three servers run. `first`: the place at which a stream that has to be made begins, by its name.
 * `patience`: with a cluster that is starting. Throws what the server answers to a change it refuses.
 */
export const provision = async (
  connection: NatsConnection,
  replicas: number,
  {
    first = {},
    patience = heartbeats,
  }: { first?: Partial<Record<StreamSettings['name'], number>>; patience?: Patience } = {},
): Promise<Provisioned[]> => {
  const manager = await jetstreamManager(connection)
  const settled = (name: string, change: () => Promise<Provisioned>) =>
    until(`room for ${name}`, patience, change, isUnsettled)
  const made = await Promise.all(
    streams.map((stream) =>
      settled(stream.name, () => provisionStream(manager, streamConfig(stream, replicas), first[stream.name])),
    ),
  )
  const contracts = services.flatMap(consumersOf)
  const heard = contracts.map((contract) => settled(contract.durable, () => provisionConsumer(manager, contract)))
  return [...made, ...(await Promise.all(heard))]
}

/** JetStream without a leader, or with fewer servers than replicas for now: what a cluster that is starting answers. */
const isUnsettled = (error: unknown) =>
  error instanceof JetStreamApiError && (error.apiError().code === 503 || error.apiError().err_code === 10005)

const streamConfig = (stream: StreamSettings, replicas: number) =>
  ({
    name: stream.name,
    description: stream.about,
    subjects: [...stream.subjects],
    storage: StorageType.File,
    num_replicas: replicas,
    retention: stream.retention === 'limits' ? RetentionPolicy.Limits : RetentionPolicy.Workqueue,
    discard: DiscardPolicy.Old,
    max_age: nanos(stream.max_age_ms),
    duplicate_window: nanos(stream.duplicate_window_ms),
    ...(stream.max_bytes !== undefined && { max_bytes: stream.max_bytes }),
    allow_direct: true,
    allow_atomic: true,
    ...(stream.append_only && { deny_delete: true, deny_purge: true, compression: StoreCompression.S2 }),
  }) satisfies Partial<StreamConfig>

const provisionStream = async (
  manager: JetStreamManager,
  config: ReturnType<typeof streamConfig>,
  first_seq: number | undefined,
): Promise<Provisioned> => {
  const present = await found(manager.streams.info(config.name))
  if (!present) await manager.streams.add({ ...config, ...(first_seq !== undefined && { first_seq }) })
  else if (differs(present.config, config)) await manager.streams.update(config.name, config)
  else return { kind: 'stream', name: config.name, change: 'unchanged' }
  return { kind: 'stream', name: config.name, change: present ? 'updated' : 'created' }
}

const consumerConfig = (contract: ConsumerContract) =>
  ({
    durable_name: contract.durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(consumerSettings.ack_wait_ms),
    max_ack_pending: consumerSettings.max_ack_pending,
    filter_subjects: [...contract.filter_subjects],
    ...(contract.state === 'memory' ? { mem_storage: true } : {}),
  }) satisfies Partial<ConsumerConfig>

const provisionConsumer = async (manager: JetStreamManager, contract: ConsumerContract): Promise<Provisioned> => {
  const name = `${contract.stream}/${contract.durable}`
  const config = consumerConfig(contract)
  const present = await found(manager.consumers.info(contract.stream, contract.durable))
  if (present && (present.config.mem_storage ?? false) !== (contract.state === 'memory')) {
    // The server moves no consumer between disk and memory: it is made anew where the old one stood.
    await manager.consumers.delete(contract.stream, contract.durable)
    await manager.consumers.add(contract.stream, config)
    await manager.consumers.reset(contract.stream, contract.durable, present.ack_floor.stream_seq + 1)
    return { kind: 'consumer', name, change: 'updated' }
  }
  if (!present) await manager.consumers.add(contract.stream, config)
  else if (differs(present.config, config)) await manager.consumers.update(contract.stream, contract.durable, config)
  else return { kind: 'consumer', name, change: 'unchanged' }
  return { kind: 'consumer', name, change: present ? 'updated' : 'created' }
}

/** The answer, or null where there is no such stream, consumer or message. Throws what else the server says. */
export const found = async <T>(answer: Promise<T>): Promise<T | null> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof JetStreamApiError && error.apiError().code === 404) return null
    throw error
  }
}

const differs = (present: object, wanted: object): boolean => {
  const now: Record<string, unknown> = { ...present }
  // A single filter comes back under the other name.
  if (now.filter_subject) now.filter_subjects = [now.filter_subject]
  return Object.entries(wanted).some(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value))
}
