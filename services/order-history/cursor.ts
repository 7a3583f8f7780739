// The cursor of the list of orders: the place after the last order of a page, opaque to whoever passes it back.
import { id, timestamp } from '@deliveryflow/contracts'
import { cursorFor } from '@deliveryflow/kit'
import { z } from 'zod'

const cursors = cursorFor(z.tuple([timestamp, id]))

/** A place in the list: newest first, orders of the same instant by their id. */
export type Place = { created_at: Date; order_id: string }

/** The cursor of the place, as base64url. */
export const encodeCursor = ({ created_at, order_id }: Place): string =>
  cursors.write([created_at.toISOString(), order_id])

/** The place that a cursor stands for, or null when it is none of ours. */
export const decodeCursor = (cursor: string): Place | null => {
  const [created_at, order_id] = cursors.read(cursor) ?? []
  return created_at && order_id ? { created_at: new Date(created_at), order_id } : null
}
