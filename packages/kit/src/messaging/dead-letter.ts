// Puts a message that cannot be handled among the dead letters, whole and with the reason, before it is terminated.
import { type ConsumerContract, deadLetterSubject, isServerHeader } from '@deliveryflow/contracts'
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream'
import { headersOf } from './headers.ts'

/**
 * Copies the message to the DLQ stream, then ends it: on a work queue `term` deletes, so the copy comes first. The copy
 * keeps body and headers; `df-dlq-*` headers say which consumer gave up, why, and after how many attempts. Throws when the
 * copy could not be stored; the message is then still in its stream.
 */
export const bury = async (
  js: JetStreamClient,
  consumer: ConsumerContract,
  message: JsMsg,
  error: unknown,
): Promise<void> => {
  const headers = new Map<string, string>()
  for (const [name, values] of message.headers ?? []) {
    // A batch id would make the copy part of the batch that the message was published in.
    if (!isServerHeader(name)) headers.set(name, values[0] ?? '')
  }
  const failure = failureOf(error)
  const about = {
    // A crash between copy and term buries again; the stream drops the second copy.
    'Nats-Msg-Id': `dlq:${consumer.stream}:${consumer.durable}:${message.seq}`,
    'df-dlq-service': consumer.service,
    'df-dlq-stream': consumer.stream,
    'df-dlq-consumer': consumer.durable,
    'df-dlq-subject': message.subject,
    'df-dlq-sequence': String(message.seq),
    'df-dlq-attempts': String(message.info.deliveryCount),
    'df-dlq-first-time': message.time.toISOString(),
    'df-dlq-last-time': new Date().toISOString(),
    'df-dlq-error': JSON.stringify(failure.error),
    'df-dlq-stack': JSON.stringify(failure.stack),
  }
  for (const [name, value] of Object.entries(about)) headers.set(name, value)
  await js.publish(deadLetterSubject(consumer.service, consumer.stream), message.data, {
    headers: headersOf(headers),
  })
  message.term(failure.name)
}

/**
 * What went wrong, short enough to stand in headers and answers: an error may list every flaw of a large message, and what is larger
 * than a message may be is never stored.
 */
export const failureOf = (thrown: unknown): { name: string; error: string; stack: string } => {
  const { name, message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown))
  const told = shortened(message, 2000)
  return {
    name,
    error: `${name}: ${told}`,
    stack: shortened(
      stack.replace(message, () => told),
      8000,
    ),
  }
}

/** The beginning of a text, where it has more than so many characters. */
export const shortened = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)
