// The newest messages of the stream DLQ: what could not be handled, by whom, and why. The messages stay where they are.
import { JetStreamApiError, jetstreamManager, type StoredMsg } from '@nats-io/jetstream'
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
  const found: DeadLetter[] = []
  for (let seq = state.last_seq; seq >= Math.max(1, state.first_seq) && found.length < limit; seq--) {
    const message = await manager.streams.getMessage('DLQ', { seq }).catch((error: unknown) => {
      // One that was removed from the middle.
      if (error instanceof JetStreamApiError && error.apiError().code === 404) return null
      throw error
    })
    if (message) found.push(letterOf(message))
  }
  return found
}

const letterOf = ({ seq, time, header }: StoredMsg): DeadLetter => {
  const of = (name: string) => header.get(name)
  return {
    seq,
    time: time.toISOString(),
    service: of('df-dlq-service'),
    stream: of('df-dlq-stream'),
    subject: of('df-dlq-subject'),
    aggregate: of('ce-subject') || null,
    attempts: Number(of('df-dlq-attempts')) || null,
    error: unquoted(of('df-dlq-error')),
  }
}

const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}
