// What JetStream takes in by itself, three copies on disk: one message after the other, pipelined, and in atomic batches.
import { type JetStreamClient, jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const stream = 'BENCH_SCRATCH'
const subject = 'bench-scratch'
const payload = 'x'.repeat(512)
const inFlight = 256
const batchSize = 200

/** Messages of 512 bytes per second, each way for `seconds`, on a scratch stream that is removed again. */
export const measureJetStream = async (connection: NatsConnection, seconds: number) => {
  const manager = await jetstreamManager(connection)
  await manager.streams.delete(stream).catch(() => undefined) // of a run that was killed
  await manager.streams.add({
    name: stream,
    subjects: [subject],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    num_replicas: 3,
    allow_atomic: true,
  })
  try {
    const js = jetstream(connection)
    return {
      one_by_one: await rate(seconds, () => single(js)),
      pipelined: await pipelined(js, seconds),
      atomic_batches: await rate(seconds, () => batch(js)),
      pipelined_in_flight: inFlight,
      batch_size: batchSize,
    }
  } finally {
    await manager.streams.delete(stream)
  }
}

const single = async (js: JetStreamClient) => {
  await js.publish(subject, payload)
  return 1
}

const batch = async (js: JetStreamClient) => {
  const started = await js.startBatch(subject, payload)
  for (let number = 2; number < batchSize; number++) started.add(subject, payload)
  await started.commit(subject, payload)
  return batchSize
}

const rate = async (seconds: number, publish: () => Promise<number>) => {
  const started = performance.now()
  let count = 0
  while (performance.now() - started < seconds * 1000) count += await publish()
  return Math.round((count * 1000) / (performance.now() - started))
}

const pipelined = async (js: JetStreamClient, seconds: number) => {
  const rates = await Promise.all(Array.from({ length: inFlight }, () => rate(seconds, () => single(js))))
  return rates.reduce((sum, one) => sum + one, 0)
}
