// Reads a stream by place, without a consumer; any replica answers.
import { type JetStreamClient, JetStreamError, type StoredMsg } from '@nats-io/jetstream'

/**
 * The messages from a place on, in the order of their places; of those on a subject where one is named, which may hold wildcards. Read a page
 * at a time, so that memory does not grow with their number.
 */
export async function* storedFrom(
  js: JetStreamClient,
  stream: string,
  sequence: number,
  { page = 500, subject }: { page?: number; subject?: string | undefined } = {},
): AsyncGenerator<StoredMsg> {
  const { direct } = await js.jetstreamManager(false)
  for (let from = sequence; ; ) {
    let read = 0
    try {
      for await (const message of await direct.getBatch(stream, {
        seq: from,
        batch: page,
        ...(subject !== undefined && { next_by_subj: subject }),
      })) {
        read++
        from = message.seq + 1
        yield message
      }
    } catch (error) {
      // Behind the last one there is nothing, which the server answers with a status 404.
      if (error instanceof JetStreamError && 'code' in error && error.code === 404) return
      throw error
    }
    if (read < page) return
  }
}

/** What the server adds to a message that is read by its place. Source: nats-io/nats-architecture-and-design, ADR-31. */
const added = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
])

/** The headers that a message was published with, in their order; one with several values stands there as often. */
export const ownHeaders = (header: StoredMsg['header']): [name: string, value: string][] =>
  header
    .keys()
    .filter((name) => !added.has(name))
    .flatMap((name) => header.values(name).map((value): [string, string] => [name, value]))
