// Which dead letters are meant, what they have in common, and how one stands after another attempt. Pure.
import { type DeadLetter, deadLetterOf, isDeadLetterHeader, isServerHeader } from '@deliveryflow/contracts'

/** A message of the stream DLQ. */
export type Buried = {
  readonly sequence: number
  readonly subject: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: Uint8Array
  readonly stored_at: Date
}

export type Filter = {
  service?: string | undefined
  stream?: string | undefined
  type?: string | undefined
  correlation_id?: string | undefined
  error?: string | undefined
}

export const fits = (letter: DeadLetter, { service, stream, type, correlation_id, error }: Filter): boolean =>
  (service === undefined || letter.service === service) &&
  (stream === undefined || letter.stream === stream) &&
  (type === undefined || letter.type === type) &&
  (correlation_id === undefined || letter.correlation_id === correlation_id) &&
  (error === undefined || letter.error.includes(error))

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
const longest = 200

/** What letters of one group have in common. Of an error: its first line, without the ids and numbers of the single case. */
export const groupKey = (letter: DeadLetter, by: 'error' | 'consumer' | 'type'): string => {
  switch (by) {
    case 'error': {
      const [line = ''] = letter.error.split('\n')
      return line.replace(uuids, '<id>').replace(/\d+/g, '<n>').slice(0, longest)
    }
    case 'consumer':
      return `${letter.service}/${letter.stream}`
    case 'type':
      return letter.type ?? letter.subject
    default:
      return by satisfies never
  }
}

export type Group = { key: string; count: number; first: number; last: number; newest: string }

/** Adds a letter to its group; letters come in the order of their places. */
export const count = (groups: Map<string, Group>, letter: DeadLetter, by: Parameters<typeof groupKey>[1]): void => {
  const key = groupKey(letter, by)
  const group = groups.get(key)
  if (!group)
    groups.set(key, { key, count: 1, first: letter.sequence, last: letter.sequence, newest: letter.last_time })
  else {
    group.count++
    group.last = letter.sequence
    if (letter.last_time > group.newest) group.newest = letter.last_time
  }
}

/** The headers that the message had when it was first delivered. */
export const originalHeaders = ({ headers }: Buried): [string, string][] =>
  [...headers].filter(([name]) => !isServerHeader(name) && !isDeadLetterHeader(name))

/** The headers of a letter that failed once more; a second copy of the same retry is recognised. */
export const failedAgain = (
  buried: Buried,
  { error, stack }: { error: string; stack: string },
  now: Date,
): [string, string][] => {
  const { attempts, retries } = deadLetterOf(buried)
  const changed = new Map([...buried.headers].filter(([name]) => !isServerHeader(name)))
  changed.set('Nats-Msg-Id', `dlq:retry:${buried.sequence}`)
  changed.set('df-dlq-attempts', String(attempts + 1))
  changed.set('df-dlq-retries', String(retries + 1))
  changed.set('df-dlq-last-time', now.toISOString())
  changed.set('df-dlq-error', JSON.stringify(error))
  changed.set('df-dlq-stack', JSON.stringify(stack))
  return [...changed]
}

/** Portions in the same order, each of which adds up to at most `most`; one that is larger by itself stands alone. */
export const portionsOf = <T>(items: readonly T[], sizeOf: (item: T) => number, most: number): T[][] => {
  const portions: T[][] = []
  let room = 0
  for (const item of items) {
    const size = sizeOf(item)
    if (size > room) {
      portions.push([])
      room = most
    }
    portions.at(-1)?.push(item)
    room -= size
  }
  return portions
}
