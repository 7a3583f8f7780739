// Places that nothing will ever come to: when the stream is lost, so are messages that audit had not taken in. Each gets a record that says so,
// sealed as any other, and the chain goes on behind it.
import type { closeGaps } from '@deliveryflow/contracts'
import type { AnswerOf } from '@deliveryflow/kit'
import type { StoredRecord } from '@deliveryflow/kit/history/record'
import { storedFrom } from '@deliveryflow/kit/messaging/direct'
import type { AuditContext } from './replay.ts'
import * as store from './store.ts'

export const close: AnswerOf<typeof closeGaps, AuditContext> = async (
  { reason, dry_run },
  { db, js, transaction },
  caller,
) => {
  const { streams } = await js.jetstreamManager(false)
  const { state } = await streams.info('EVENTS')
  const empty = (await store.emptyPlaces(db, state.first_seq)).map(({ place }) => place)
  const held = await heldOf(
    js,
    empty.filter((place) => place >= state.first_seq),
  )
  const lost = empty.filter((place) => !held.has(place))
  if (!dry_run && lost.length > 0) {
    const now = new Date()
    const records = lost.map((place) => store.hashed(lostRecord(place, { reason, by: caller.user_id }, now)))
    // A message that audit still had in hand may have come to its place meanwhile; then that is what stands there.
    await transaction((tx) => store.insertWhereFree(tx, records))
  }
  return { closed: lost.length, first: lost[0] ?? null, last: lost.at(-1) ?? null }
}

/** Which of the places the stream holds: those are on their way. */
const heldOf = async (js: AuditContext['js'], places: readonly number[]): Promise<Set<number>> => {
  const held = new Set<number>()
  const [first, last] = [places[0], places.at(-1)]
  if (first === undefined || last === undefined) return held
  for await (const { seq } of storedFrom(js, 'EVENTS', first)) {
    held.add(seq)
    if (seq >= last) break
  }
  return held
}

const lostRecord = (sequence: number, data: { reason: string; by: string }, stored_at: Date): StoredRecord => ({
  sequence,
  subject: 'audit.place_lost',
  headers: [
    ['ce-type', 'place_lost'],
    ['ce-source', 'audit'],
    ['ce-time', stored_at.toISOString()],
  ],
  body: Buffer.from(JSON.stringify(data)),
  stored_at,
})
