// The newest messages of the stream DLQ: what could not be handled, by whom, and why. The messages stay where they are.
import { deadLetterOf } from '@deliveryflow/contracts'
import { found } from '@deliveryflow/kit/messaging/provision'
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** One dead letter, as the kit buried it. */
export type DeadLetter = {
  seq: number
  time: string
  service: string
  stream: string
  subject: string
  aggregate: string | null
  attempts: number | null
  error: string
}

/** At most `limit` dead letters, the newest first. Throws what JetStream says when the stream cannot be read. */
export const readDeadLetters = async (connection: NatsConnection, limit: number): Promise<DeadLetter[]> => {
  const manager = await jetstreamManager(connection, { timeout: 6000, checkAPI: false })
  const { state } = await manager.streams.info('DLQ')
  const letters: DeadLetter[] = []
  for (let seq = state.last_seq; seq >= Math.max(1, state.first_seq) && letters.length < limit; seq--) {
    // None where one was removed from the middle.
    const message = await found(manager.streams.getMessage('DLQ', { seq }))
    if (message) letters.push(letterOf(message))
  }
  return letters
}

const letterOf = ({ seq, time, header }: StoredMsg): DeadLetter => {
  const { service, stream, subject, aggregate, attempts, error } = deadLetterOf({
    sequence: seq,
    headers: header,
    stored_at: time,
  })
  return { seq, time: time.toISOString(), service, stream, subject, aggregate, attempts: attempts || null, error }
}
