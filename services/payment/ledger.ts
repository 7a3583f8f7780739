// The movements of one wallet, page by page, each with what the wallet held after it. Pure; the rows are the store's.
import { amount, id, type listLedger, type OutputOf } from '@deliveryflow/contracts'
import { cursorFor } from '@deliveryflow/kit'
import { z } from 'zod'

/** A movement as a wallet sees it. `place`: the microsecond in which it was written; `amount` below zero left the wallet. */
export type Movement = {
  movement_id: string
  kind: 'DEPOSIT' | 'CAPTURE' | 'REFUND'
  reference: string
  amount: number
  currency: string
  created_at: Date
  place: number
}

const cursors = cursorFor(z.tuple([z.int().min(0), id, amount]))

/** Where a page begins: behind a movement, and with what the wallet held before that one. */
export type Place = { place: number; movement_id: string; balance: number }

/** The place that a cursor stands for, or null when it is none of ours. */
export const placeOf = (cursor: string): Place | null => {
  const read = cursors.read(cursor)
  if (!read) return null
  const [place, movement_id, balance] = read
  return { place, movement_id, balance }
}

/**
 * The page of the first `limit` movements, newest first; there is a next one when more were found. `balance`: what the
 * wallet held after the first of them. The cursor carries it on, so that no page needs to sum up those before it: movements
 * are only ever added in front.
 */
export const pageOf = (found: readonly Movement[], balance: number, limit: number): OutputOf<typeof listLedger> => {
  let held = balance
  const items = found.slice(0, limit).map(({ movement_id, kind, reference, amount, currency, created_at }) => {
    const balance_after = held
    held -= amount
    const order_id = kind === 'DEPOSIT' ? null : reference
    return { entry_id: movement_id, kind, amount, currency, order_id, at: created_at.toISOString(), balance_after }
  })
  const last = found[limit - 1]
  return {
    items,
    next_cursor: last && found.length > limit ? cursors.write([last.place, last.movement_id, held]) : null,
  }
}
