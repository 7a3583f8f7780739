// The proof of the history, a part at a time: each goes on where the one before it stood, which whoever asks brings along.
import type { verifyHistory } from '@deliveryflow/contracts'
import { cursorFor, reject } from '@deliveryflow/kit'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { reach, selectKeys } from '@deliveryflow/kit/history/places'
import { endOfHistory, verifyPlaces } from '@deliveryflow/kit/history/verify-index'
import { z } from 'zod'
import type { Answer } from './replay.ts'

/** More findings than this are counted and not told: an answer has to fit into a message. */
const told = 500

const link = z.string().regex(/^[0-9a-f]{64}$/)
const place = z.int().min(0)
/** What a cursor holds: up to which place the parts before it have judged, and where the walk stood there. */
const cursors = cursorFor(
  z.strictObject({
    upto: place,
    standing: z.strictObject({
      last: place.nullable(),
      link: link.nullable(),
      sealed: z.strictObject({ sequence: place, link }).nullable(),
      loose: z.strictObject({ first: place, count: place }).nullable(),
    }),
  }),
)

export const verify: Answer<typeof verifyHistory> = async ({ after, cursor, limit }, { db, js }) => {
  const before = cursor === undefined ? { upto: after, standing: undefined } : cursors.read(cursor)
  if (!before) return reject('invalid_request', 'cursor: pass a next_cursor as it came, or none.')
  const manager = await js.jetstreamManager(false)
  const [{ end, sealed, findings: atEnd }, [reached], named] = await Promise.all([
    endOfHistory(manager, db),
    reach(db),
    selectKeys(db),
  ])
  const keys = readPublicKeys(named.map(({ public_key }) => public_key))
  if (!keys) throw new Error('A key that signed the history is no public key.')
  const from = before.standing ? before.upto + 1 : Math.max(before.upto + 1, reached?.first ?? 1)
  const to = lastOf({ from, limit, end, sealed })
  const goes_on = to < end
  const { standing, ...verdict } = await verifyPlaces(db, { from, to }, { keys, standing: before.standing, goes_on })
  const findings = goes_on ? verdict.findings : [...verdict.findings, ...atEnd]
  return {
    ...(to < from ? { first: null, last: null } : { first: from, last: to }),
    end,
    records: verdict.records,
    unproved: verdict.unproved,
    unsealed: verdict.unsealed,
    checkpoints: verdict.checkpoints,
    link: standing.link,
    keys: [...keys.keys()],
    findings: findings.slice(0, told),
    more: verdict.more + Math.max(0, findings.length - told),
    next_cursor: goes_on ? cursors.write({ upto: to, standing }) : null,
  }
}

/**
 * The last place of a part. One that is not the last ends with a seal, where there is one: what waits for its seal has it by the time the next
 * part is asked for.
 */
const lastOf = ({ from, limit, end, sealed }: Record<'from' | 'limit' | 'end' | 'sealed', number>): number => {
  const full = from + limit - 1
  if (full >= end) return end
  return sealed >= from ? Math.min(full, sealed) : full
}
