// Answers that are kept open for a while: event streams and requests that wait for an outcome.

export type Held = {
  /** Notes an open answer by the function that ends it early; returns the function that forgets it. */
  add(release: () => void): () => void
  /** Ends all of them, and each that comes later at once. */
  release(): void
}

/** Starts with none. */
export const heldAnswers = (): Held => {
  const releases = new Set<() => void>()
  let released = false
  return {
    add: (release) => {
      if (released) queueMicrotask(release)
      else releases.add(release)
      return () => void releases.delete(release)
    },
    release: () => {
      released = true
      for (const release of [...releases]) release()
      releases.clear()
    },
  }
}
