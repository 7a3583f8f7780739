// The dead letters: looked at, given back to who gave them up, or dropped; each time it is said before it is done.
import {
  type DeadLetter,
  deadLetterOf,
  type dropDeadLetters,
  type getDeadLetter,
  type groupDeadLetters,
  type listDeadLetters,
  type retryDeadLetters,
  retryMessage,
  unquoted,
} from '@deliveryflow/contracts'
import { DeadlineExceeded, newId, Rejection, reject, Unavailable } from '@deliveryflow/kit'
import { tell } from './acts.ts'
import type { Answer, OperationsContext } from './context.ts'
import { bodyOf, buryAgain, letterAt, lettersFrom, remove } from './dead-letters.ts'
import { type Buried, count, failedAgain, fits, type Group, groupKey, originalHeaders, portionsOf } from './domain.ts'

/** A letter may need a mail server, which takes its time. */
const retryTimeout = 30_000

export const list: Answer<typeof listDeadLetters> = async (
  { limit, cursor, by = 'error', group, ...filter },
  { js },
) => {
  const items: DeadLetter[] = []
  for await (const buried of lettersFrom(js, Number(cursor ?? 1))) {
    const letter = deadLetterOf(buried)
    if (!fits(letter, filter) || (group !== undefined && groupKey(letter, by) !== group)) continue
    if (items.length === limit) return { items, next_cursor: String(letter.sequence) }
    items.push(letter)
  }
  return { items, next_cursor: null }
}

export const group: Answer<typeof groupDeadLetters> = async ({ by, ...filter }, { js }) => {
  const groups = new Map<string, Group>()
  for await (const buried of lettersFrom(js, 1)) {
    const letter = deadLetterOf(buried)
    if (fits(letter, filter)) count(groups, letter, by)
  }
  return { groups: [...groups.values()].sort((a, b) => b.count - a.count || a.first - b.first) }
}

export const get: Answer<typeof getDeadLetter> = async ({ sequence }, { js }) => {
  const buried = await letterAt(js, sequence)
  if (!buried) return reject('not_found', `There is no dead letter at place ${sequence} (any more).`)
  const stack = unquoted(buried.headers.get('df-dlq-stack') ?? null)
  return { ...deadLetterOf(buried), stack, headers: originalHeaders(buried), ...bodyOf(buried) }
}

export const retry: Answer<typeof retryDeadLetters> = async (
  { sequences, reason, action_id = newId(), body },
  context,
  caller,
) => {
  if (body !== undefined && sequences.length !== 1)
    return reject('invalid_request', 'body: it can take the place of one message alone; name one sequence.')
  const edited = body === undefined ? {} : { body }
  await tell(
    context,
    caller,
    { action_id, action: 'dead_letters_retried', reason, detail: { sequences, ...edited } },
    sequences,
  )
  const results = []
  for (const sequence of sequences)
    results.push({
      sequence,
      ...(await retryOne(context, sequence, body === undefined ? undefined : Buffer.from(body))),
    })
  return { action_id, results }
}

export const drop: Answer<typeof dropDeadLetters> = async (
  { sequences, reason, action_id = newId() },
  context,
  caller,
) => {
  const letters = (await Promise.all(sequences.map((sequence) => letterAt(context.js, sequence)))).filter(
    (it) => it !== null,
  )
  let dropped = 0
  for (const portion of portionsOf(letters.map(keptOf), bytesOf, mostKept)) {
    const places = portion.map(({ sequence }) => sequence)
    await tell(
      context,
      caller,
      { action_id, action: 'dead_letters_dropped', reason, detail: { dropped: portion } },
      places,
    )
    const removed = await Promise.all(places.map((place) => remove(context.js, place)))
    dropped += removed.filter(Boolean).length
  }
  return { action_id, dropped }
}

/** Bytes of what one event says of dropped letters; a message of NATS holds a megabyte. */
const mostKept = 500_000
/** Bytes of a body that is too large to be kept whole. */
const beginning = 100_000

/** What is dropped is kept in the history: nobody else would know what it was. */
const keptOf = (letter: Buried) => {
  const kept = { ...deadLetterOf(letter), headers: originalHeaders(letter), ...bodyOf(letter) }
  if (bytesOf(kept) <= mostKept) return kept
  return { ...kept, ...bodyOf({ ...letter, body: letter.body.subarray(0, beginning) }), body_bytes: letter.body.length }
}

const bytesOf = (kept: object) => Buffer.byteLength(JSON.stringify(kept))

type Result = { outcome: 'handled' | 'failed' | 'unavailable' | 'gone'; error: string | null }

const retryOne = async ({ js, call }: OperationsContext, sequence: number, body?: Buffer): Promise<Result> => {
  const buried = await letterAt(js, sequence)
  if (!buried) return { outcome: 'gone', error: null }
  const answer = await ask(call, buried, body ?? buried.body)
  switch (answer.outcome) {
    case 'unavailable':
      return answer
    case 'handled':
      await remove(js, sequence)
      return { outcome: 'handled', error: null }
    case 'failed':
      // The new copy first: whatever breaks off in between leaves one too many, never none.
      await buryAgain(js, buried, failedAgain(buried, answer, new Date()))
      await remove(js, sequence)
      return { outcome: 'failed', error: answer.error }
    default:
      return answer satisfies never
  }
}

type Attempt =
  | { outcome: 'handled' }
  | { outcome: 'failed'; error: string; stack: string }
  | { outcome: 'unavailable'; error: string }

const ask = async (call: OperationsContext['call'], buried: Buried, body: Uint8Array): Promise<Attempt> => {
  const { service, stream, subject, attempts, first_time } = deadLetterOf(buried)
  const input = {
    stream: stream as 'EVENTS', // Checked by the contract when it is sent, as all of the input is.
    subject,
    sequence: Number(buried.headers.get('df-dlq-sequence')),
    stored_at: first_time,
    attempt: attempts + 1,
    headers: originalHeaders(buried),
    body: Buffer.from(body).toString('base64'),
  }
  try {
    const answer = await call(retryMessage(service), input, { timeout_ms: retryTimeout })
    return answer instanceof Rejection ? { outcome: 'unavailable', error: answer.detail } : answer
  } catch (error) {
    if (error instanceof Unavailable || error instanceof DeadlineExceeded)
      return { outcome: 'unavailable', error: error.message }
    throw error
  }
}
