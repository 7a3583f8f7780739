// What the index keeps of a record, and which types of events there are. Pure.
import { id, topology } from '@deliveryflow/contracts'

/** A record as it lies in the stream. */
export type Stored = {
  readonly sequence: number
  readonly subject: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  readonly stored_at: Date
}

/** A row of the index. `data`: the body as text of JSON, `body`: the same where it is none. */
export type IndexRow = {
  readonly sequence: number
  readonly nats_subject: string
  readonly headers: string
  readonly data: string | null
  readonly body: Buffer | null
  readonly stored_at: Date
  readonly event_id: string | null
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly order_id: string | null
  readonly user_id: string | null
  readonly correlation_id: string
  readonly causation_id: string | null
  readonly time: Date
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * What the index keeps of a record, whatever it is: one that is no event of ours is part of the history all the same. Order and user
 * are those of the data; an event that names no order is of the one whose journey it belongs to by its correlation, unless that is the event's
 * own aggregate or user, where every journey of theirs begins.
 */
export const indexRowOf = (record: Stored): IndexRow => {
  const header = new Map(record.headers)
  const body = Buffer.from(record.body)
  const [json, value] = readJson(body)
  const data = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const [order_id, user_id] = [idIn(data.order_id), idIn(data.user_id)]
  const text = (name: string) => indexed(header.get(name) ?? '')
  const subject = text('ce-subject')
  const correlation_id = text('ce-correlationid') || subject
  const own = [subject, user_id].includes(correlation_id)
  return {
    sequence: record.sequence,
    nats_subject: record.subject,
    headers: JSON.stringify(record.headers),
    data: json,
    body: json === null ? body : null,
    stored_at: record.stored_at,
    event_id: idIn(header.get('ce-id')),
    type: text('ce-type') || indexed(record.subject.replace(/^events\./, '')),
    source: text('ce-source'),
    subject,
    order_id: order_id ?? (own ? null : idIn(correlation_id)),
    user_id,
    correlation_id,
    causation_id: text('ce-causationid') || null,
    time: timeIn(header.get('ce-time')) ?? record.stored_at,
  }
}

/** The text of JSON bytes with its value; nulls for anything that is none, or that PostgreSQL could not keep as text. */
const readJson = (body: Buffer): [text: string | null, value: unknown] => {
  try {
    const text = utf8.decode(body)
    if (text.length > 2 * deepest && depthOf(text) > deepest) return [null, null]
    return [text, JSON.parse(text)]
  } catch {
    return [null, null]
  }
}

/** PostgreSQL reads JSON by recursion, and refuses what its stack cannot hold. */
const deepest = 500

/** How deep lists and objects lie in each other. */
const depthOf = (text: string): number => {
  let [depth, most] = [0, 0]
  // A string is passed over as a whole.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (token === '[' || token === '{') most = Math.max(most, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return most
}

const idIn = (value: unknown): string | null => id.safeParse(value).data ?? null

/** As much of a text as an index of PostgreSQL takes, which knows no zero. The record itself keeps all of it. */
const indexed = (text: string): string => text.slice(0, 500).toWellFormed().replaceAll('\0', '\ufffd')

/** Null for a time that is none, or that PostgreSQL does not know. */
const timeIn = (value: string | undefined): Date | null => {
  const time = new Date(value ?? '')
  return time.getTime() >= 0 && time.getUTCFullYear() < 10_000 ? time : null
}

/** The types of events that are in the history. */
export const eventTypes: readonly string[] = topology.audit.hears.map(({ type }) => type)

/** Why no event can match, as a sentence, or null when one can. */
export const impossible = (filter: {
  type?: string | undefined
  from: Date | null
  to: Date | null
}): string | null => {
  if (filter.type !== undefined && !eventTypes.includes(filter.type)) {
    return `type: there is no event "${filter.type}"; one of ${eventTypes.join(', ')}.`
  }
  return filter.from && filter.to && filter.from > filter.to ? 'from: must not be later than to.' : null
}
