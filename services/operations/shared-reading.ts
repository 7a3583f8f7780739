// What many ask for and is dear to read: read once for all who ask at about the same time.

/**
 * Reads when it is asked, and gives the same to who asks meanwhile or within `fresh_ms` after that. What fails is told to those who wait for
 * it, and not kept.
 */
export const sharedReading = <Place, Reading>(
  fresh_ms: number,
  read: (place: Place) => Promise<Reading>,
): ((place: Place) => Promise<Reading>) => {
  let last: { reading: Promise<Reading>; until: number } | undefined
  return (place) => {
    if (last && Date.now() <= last.until) return last.reading
    const begun = { reading: read(place), until: Number.POSITIVE_INFINITY }
    last = begun
    begun.reading.then(
      () => {
        begun.until = Date.now() + fresh_ms
      },
      () => {
        if (last === begun) last = undefined
      },
    )
    return begun.reading
  }
}
