// A place in a list as the text that goes to a client and comes back. What the place means is the list's.
import type { z } from 'zod'

export type Cursor<Place> = {
  /** The place as base64url, opaque to whoever passes it back. */
  write(place: Place): string
  /** The place that a cursor stands for; null when it is none of these. */
  read(cursor: string): Place | null
}

/** Cursors of places that have this form. */
export const cursorFor = <Place>(form: z.ZodType<Place>): Cursor<Place> => ({
  write: (place) => Buffer.from(JSON.stringify(place)).toString('base64url'),
  read: (cursor) => {
    try {
      return form.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    } catch {
      return null
    }
  },
})
