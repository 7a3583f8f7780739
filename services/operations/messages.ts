// What lies in a stream, a page at a time: backwards from its end, or forwards from a place on. Reads by place, without a consumer.
import type { listStreamMessages } from '@deliveryflow/contracts'
import { reject } from '@deliveryflow/kit'
import { ownHeaders, storedFrom } from '@deliveryflow/kit/messaging/direct'
import { found } from '@deliveryflow/kit/messaging/provision'
import type { JetStreamClient, StoredMsg } from '@nats-io/jetstream'
import type { Answer } from './context.ts'
import { bodyOf } from './dead-letters.ts'
import { portionsOf } from './domain.ts'

/** Bytes of a body, and of a header's value, that are told. */
const told = { body: 64_000, header: 8_000 }
/** Bytes of a page; a message of NATS holds a megabyte. */
const mostTold = 700_000
/** Messages read for a page that holds at most a hundred. */
const mostRead = 1000
/** Milliseconds to look for messages on a subject that few are on; then what was found is answered. */
const patience = 1500

export const messages: Answer<typeof listStreamMessages> = async (
  { stream, before, after, subject, limit },
  { js },
) => {
  if (before !== undefined && after !== undefined)
    return reject('invalid_request', 'before, after: name one of them, or none for the newest.')
  const manager = await js.jetstreamManager(false)
  const info = await found(manager.streams.info(stream))
  if (!info) return reject('not_found', `There is no stream ${stream}.`)
  if (!info.config.allow_direct)
    return reject('invalid_request', `stream: ${stream} cannot be read by place (allow_direct is off).`)
  const wanted = { js, stream, limit, ...(subject !== undefined && { subject }) }
  const { page, next } =
    after === undefined
      ? await backwards(
          wanted,
          Math.max(1, info.state.first_seq),
          Math.min(before ?? Number.MAX_SAFE_INTEGER, info.state.last_seq + 1),
        )
      : await forwards(wanted, after)
  const items = page.map(viewOf)
  const [fitting = []] = portionsOf(items, (item) => Buffer.byteLength(JSON.stringify(item)), mostTold)
  const last = fitting.at(-1)?.sequence
  const rest = fitting.length < items.length && last !== undefined
  return { items: fitting, next: rest ? (after === undefined ? { before: last } : { after: last }) : next }
}

type Wanted = { js: JetStreamClient; stream: string; limit: number; subject?: string }
type Page = { page: StoredMsg[]; next: { before: number } | { after: number } | null }

const forwards = async ({ js, stream, limit, subject }: Wanted, after: number): Promise<Page> => {
  const page: StoredMsg[] = []
  for await (const message of storedFrom(js, stream, after + 1, { page: limit + 1, subject })) {
    const last = page.at(-1)
    if (page.length === limit && last) return { page, next: { after: last.seq } }
    page.push(message)
  }
  return { page, next: null }
}

/**
 * A stream is read forwards alone: so stretches before `before` are read, each larger than the one behind it, and a smaller one where there is
 * too much in it.
 */
const backwards = async (wanted: Wanted, first: number, before: number): Promise<Page> => {
  const { limit } = wanted
  const page: StoredMsg[] = []
  const until = Date.now() + patience
  for (let [to, width] = [before, limit]; ; ) {
    const from = Math.max(first, to - width)
    const newest = to > first ? await newestWithin(wanted, from, to, limit - page.length) : []
    if (newest === null) {
      width = Math.ceil(width / 4)
      continue
    }
    page.push(...newest.reverse())
    to = page.length === limit ? (page.at(-1)?.seq ?? from) : from
    if (to <= first) return { page, next: null }
    if (page.length === limit || Date.now() > until) return { page, next: { before: to } }
    width *= 4
  }
}

/** The last messages from a place on and before another, in their order; null where so many are to be read for it that a smaller stretch will do. */
const newestWithin = async (
  { js, stream, subject }: Wanted,
  from: number,
  to: number,
  count: number,
): Promise<StoredMsg[] | null> => {
  const newest: StoredMsg[] = []
  let read = 0
  for await (const message of storedFrom(js, stream, from, { page: Math.min(500, to - from), subject })) {
    if (message.seq >= to) break
    if (++read > mostRead) return null
    if (newest.push(message) > count) newest.shift()
  }
  return newest
}

const viewOf = ({ seq, subject, time, header, data }: StoredMsg) => {
  const headers = ownHeaders(header)
  const isCut = data.length > told.body || headers.some(([, value]) => value.length > told.header)
  return {
    sequence: seq,
    subject,
    time: time.toISOString(),
    headers: headers.map(([name, value]): [string, string] => [name, value.slice(0, told.header)]),
    ...bodyOf({ body: beginningOf(data) }),
    size: data.length,
    is_cut: isCut,
  }
}

/** As much of a body as is told; of text no half of a character at its end. */
const beginningOf = (body: Uint8Array): Uint8Array => {
  if (body.length <= told.body) return body
  let end = told.body
  // A byte 10xxxxxx goes on with a character: UTF-8 has at most three of them.
  while (end > told.body - 4 && ((body[end] ?? 0) & 0xc0) === 0x80) end--
  return body.subarray(0, end)
}
