// The name of a segment in the archive: the places that it holds, so that names sort in the order of the history.
const form = /^(\d{16})-(\d{16})\.ndjson\.gz$/

/** The name of the segment with these places. */
export const nameOf = (first: number, last: number): string => `${pad(first)}-${pad(last)}.ndjson.gz`

/** Sorts before the names of all segments that hold a place behind this one, and behind those that end there. */
export const endOf = (last: number): string => pad(last + 1)

/** The first and the last place of a segment by its name; null for a name that is none of a segment. */
export const placesOf = (name: string): { first: number; last: number } | null => {
  const [, first, last] = form.exec(name) ?? []
  return first === undefined ? null : { first: Number(first), last: Number(last) }
}

const pad = (place: number) => String(place).padStart(16, '0')
