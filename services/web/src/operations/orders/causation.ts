// Which event caused which, as trees. Pure.

export type Caused = {
  readonly event_id: string | null
  readonly causation_id: string | null
  readonly time: string
  readonly sequence: number
}

/** `after_ms`: how long after its cause; null for a root. `is_orphan`: it has a cause, which is not among the events. */
export type Node<Event extends Caused> = {
  readonly event: Event
  readonly after_ms: number | null
  readonly is_orphan: boolean
  readonly effects: readonly Node<Event>[]
}

/**
 * Each event beneath its cause, in the order in which they happened. What has no cause among them is a root; of events that name each other
 * in a circle the first one is.
 */
export const causationOf = <Event extends Caused>(events: readonly Event[]): Node<Event>[] => {
  const byTime = events.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.sequence - b.sequence)
  // An id that comes twice, as a forged one might, stands for the first.
  const known = new Map(
    byTime.toReversed().flatMap((event) => (event.event_id === null ? [] : [[event.event_id, event]])),
  )
  const causeOf = (event: Event) => {
    const cause = event.causation_id === null ? undefined : known.get(event.causation_id)
    return cause === event ? undefined : cause
  }
  const effectsOf = Map.groupBy(byTime, causeOf)
  const placed = new Set<Event>()

  const nodeOf = (event: Event, cause?: Event): Node<Event> => {
    placed.add(event)
    const effects: Node<Event>[] = []
    for (const effect of effectsOf.get(event) ?? []) if (!placed.has(effect)) effects.push(nodeOf(effect, event))
    return {
      event,
      after_ms: cause ? Date.parse(event.time) - Date.parse(cause.time) : null,
      is_orphan: !cause && event.causation_id !== null,
      effects,
    }
  }
  const roots = (effectsOf.get(undefined) ?? []).map((event) => nodeOf(event))
  // Those of a circle hang on no root.
  for (const event of byTime) if (!placed.has(event)) roots.push(nodeOf(event))
  return roots.sort((a, b) => byTime.indexOf(a.event) - byTime.indexOf(b.event))
}
