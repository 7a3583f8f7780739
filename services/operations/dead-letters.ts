// The stream DLQ: read in pages, one removed, or put in its place with a new error. What letters mean is the domain's.
import { isUtf8 } from 'node:buffer'
import { storedFrom } from '@deliveryflow/kit/messaging/direct'
import { headersOf } from '@deliveryflow/kit/messaging/headers'
import { JetStreamApiError, type JetStreamClient, type StoredMsg } from '@nats-io/jetstream'
import type { Buried } from './domain.ts'

const stream = 'DLQ'

/** The letters from a place on, in the order of their places. */
export async function* lettersFrom(js: JetStreamClient, sequence: number): AsyncGenerator<Buried> {
  for await (const message of storedFrom(js, stream, sequence)) yield buriedOf(message)
}

/** One letter; null when there is none at this place, or no longer. */
export const letterAt = async (js: JetStreamClient, sequence: number): Promise<Buried | null> => {
  const { direct } = await js.jetstreamManager(false)
  const message = await direct.getMessage(stream, { seq: sequence })
  return message && buriedOf(message)
}

/** Removes a letter; false when it was gone already. */
export const remove = async (js: JetStreamClient, sequence: number): Promise<boolean> => {
  const { streams } = await js.jetstreamManager(false)
  try {
    return await streams.deleteMessage(stream, sequence, false)
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === 400) return false
    throw error
  }
}

/** Puts a letter back under new headers, behind all others. */
export const buryAgain = async (js: JetStreamClient, letter: Buried, headers: [string, string][]): Promise<void> => {
  await js.publish(letter.subject, letter.body, { headers: headersOf(headers) })
}

/** A body as text, or in base64 where it is none. */
export const bodyOf = ({ body }: Pick<Buried, 'body'>): { body: string | null; body_base64: string | null } =>
  isUtf8(body)
    ? { body: Buffer.from(body).toString(), body_base64: null }
    : { body: null, body_base64: Buffer.from(body).toString('base64') }

const buriedOf = ({ seq, subject, header, data, time }: StoredMsg): Buried => ({
  sequence: seq,
  subject,
  headers: new Map(header.keys().map((name) => [name, header.get(name)])),
  body: data,
  stored_at: time,
})
