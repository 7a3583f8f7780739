// The rows of the tail: events go from the stream into the document without React, all that came since the last drawing at once, and rows
// that would leave at the end are used again at the top. Nothing is measured. So hundreds of events a second keep 60 frames a second.
import type { LiveEvents } from '../../generated/api.ts'

export type LiveEvent = LiveEvents['events'][number]

/** How many rows are shown; older ones leave at the end. */
export const mostRows = 200

/** Milliseconds between two drawings: more of them nobody could read. */
const drawnEvery = 100

export type Tail = {
  /** Shows events with one of the next frames, the newest on top; while paused they are only kept, as many as there are rows. */
  add(events: readonly LiveEvent[]): void
  pause(): void
  /** Shows what was kept meanwhile. */
  resume(): void
  clear(): void
  /** The event of a row; undefined when it is none of the tail's. */
  eventOf(row: Element): LiveEvent | undefined
  stop(): void
}

/** What makes an empty row, and what writes an event into a row, whatever was in it before. */
export type Rows = { make(): HTMLElement; fill(row: HTMLElement, event: LiveEvent): void }

/** Fills a list that React leaves alone. */
export const startTail = (list: HTMLElement, { make, fill }: Rows): Tail => {
  let kept: LiveEvent[] = []
  let isPaused = false
  let frame = 0
  let drawn = Number.NEGATIVE_INFINITY
  const rows: HTMLElement[] = []
  const events = new WeakMap<Element, LiveEvent>()

  const draw = (now: number) => {
    if (now - drawn < drawnEvery) {
      frame = requestAnimationFrame(draw)
      return
    }
    frame = 0
    drawn = now
    const changed = kept.map((event) => {
      const row = (rows.length >= mostRows ? rows.shift() : undefined) ?? make()
      fill(row, event)
      events.set(row, event)
      rows.push(row)
      return row
    })
    kept = []
    list.prepend(...changed.reverse())
  }
  const plan = () => {
    if (!isPaused && frame === 0 && kept.length > 0) frame = requestAnimationFrame(draw)
  }
  const unplan = () => {
    cancelAnimationFrame(frame)
    frame = 0
  }
  const clear = () => {
    unplan()
    kept = []
    rows.length = 0
    list.replaceChildren()
  }
  return {
    add: (added) => {
      kept.push(...added)
      // A hidden page draws no frames: what would not be shown anyway is let go.
      if (kept.length > mostRows) kept.splice(0, kept.length - mostRows)
      plan()
    },
    pause: () => {
      isPaused = true
      unplan()
    },
    resume: () => {
      isPaused = false
      plan()
    },
    clear,
    eventOf: (row) => events.get(row),
    stop: clear,
  }
}
