// A message as it lies in the stream DLQ: its own headers, and beside them those that say who gave it up and why. Who writes and reads it is elsewhere.
import type { StreamName } from './message.ts'
import type { DeadLetter } from './operations.ts'

/** Where a message goes that a consumer could not handle. */
export const deadLetterSubject = (service: string, stream: StreamName) => `dlq.${service}.${stream.toLowerCase()}`

/** Whether a header is for the server alone: it belongs to one publishing, and no copy of the message bears it. */
export const isServerHeader = (name: string): boolean => /^Nats-/i.test(name)

/** Whether a header tells of the giving up; the message itself did not bear it. */
export const isDeadLetterHeader = (name: string): boolean => /^df-dlq-/i.test(name)

/** What the headers of a message in the DLQ say; what they leave out is empty or null. `stored_at`: when the DLQ took it. */
export const deadLetterOf = ({
  sequence,
  headers,
  stored_at,
}: {
  readonly sequence: number
  readonly headers: { get(name: string): string | undefined }
  readonly stored_at: Date
}): DeadLetter => {
  const of = (name: string) => headers.get(name) || null
  const at = stored_at.toISOString()
  return {
    sequence,
    service: of('df-dlq-service') ?? '',
    // The subject names it in small letters.
    stream: of('df-dlq-stream') ?? '',
    subject: of('df-dlq-subject') ?? '',
    type: of('ce-type'),
    event_id: of('ce-id'),
    aggregate: of('ce-subject'),
    correlation_id: of('ce-correlationid'),
    error: unquoted(of('df-dlq-error')),
    attempts: Number(of('df-dlq-attempts') ?? 0),
    retries: Number(of('df-dlq-retries') ?? 0),
    first_time: of('df-dlq-first-time') ?? at,
    last_time: of('df-dlq-last-time') ?? at,
  }
}

/** Text that was written as JSON because a header holds one line; as it is where it was not. */
export const unquoted = (json: string | null): string => {
  try {
    return String(JSON.parse(json ?? '""'))
  } catch {
    return json ?? ''
  }
}
