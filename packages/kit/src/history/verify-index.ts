// Judges the history where audit's database keeps it: all of it, a stretch, or one part after the other.
import type { KeyObject } from 'node:crypto'
import { topology } from '@deliveryflow/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Queryable } from '../postgres/statement.ts'
import { linkBefore, type Places, reach, selectCheckpoints, stretches } from './places.ts'
import { type Finding, type Standing, type Verdict, verifier } from './verify.ts'

export type VerifyPlacesOptions = {
  /** The public keys that are trusted, by their ids. */
  keys: ReadonlyMap<string, KeyObject>
  /** Where the part before stood: these places are the ones behind it. */
  standing?: Standing | undefined
  /** Whether another part goes on behind these places: then what is still open is not judged. */
  goes_on?: boolean
  /** Told now and then: how far it is of how much. */
  progress?(done: number, all: number): void
}

/** Judges what the index holds between two places. `standing`: what the part behind them goes on from. */
export const verifyPlaces = async (
  db: Queryable,
  { from, to }: Places,
  { keys, standing, goes_on = false, progress }: VerifyPlacesOptions,
): Promise<Verdict & { standing: Standing }> => {
  const walk = verifier(standing ? { keys, standing } : { keys, before: await linkBefore(db, from) })
  // Checkpoints of the part before whose place had no seal.
  const due = standing ? await selectCheckpoints(db, (standing.sealed?.sequence ?? 0) + 1, from - 1) : []
  for (const checkpoint of due) walk.mind(checkpoint)
  for await (const { places, checkpoints } of stretches(db, from, to)) {
    for (const checkpoint of checkpoints) walk.mind(checkpoint)
    for (const place of places) walk.feed(place)
    progress?.((places.at(-1)?.sequence ?? from) - from + 1, to - from + 1)
  }
  return { ...walk.verdict({ goes_on }), standing: walk.standing() }
}

/**
 * What is wrong with the end of the index, which no chain can show: audit has acknowledged every message up to a place, so its record must
 * be there, and none behind the stream's last.
 */
export const verifyEnd = async (manager: JetStreamManager, db: Queryable): Promise<Finding[]> => {
  const [{ ack_floor }, { last }] = await Promise.all([
    manager.consumers.info('EVENTS', topology.audit.name),
    reach(db).then(([reached]) => ({ last: reached?.last ?? 0 })),
  ])
  const { state } = await manager.streams.info('EVENTS')
  if (ack_floor.stream_seq > last) {
    const detail = 'audit had taken them in; the index ends before them'
    return [{ sequence: last + 1, last: ack_floor.stream_seq, what: 'removed', detail }]
  }
  if (last > state.last_seq)
    return [{ sequence: state.last_seq + 1, last, what: 'added', detail: 'the stream never held them' }]
  return []
}
