// Judges the history where audit's database keeps it: all of it, a stretch, or one part after the other.
import type { KeyObject } from 'node:crypto'
import { topology } from '@deliveryflow/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Queryable } from '../postgres/statement.ts'
import { lastSeal, linkBefore, type Places, reach, selectCheckpoints, stretches } from './places.ts'
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
  // The history is sealed and signed meanwhile. What is signed is sealed, so the checkpoints come first; a seal that is younger than the walk
  // is none yet. Those of the part before whose place had no seal come again.
  const known = standing ? (standing.sealed?.sequence ?? 0) + 1 : from
  for (const checkpoint of await selectCheckpoints(db, known, to)) walk.mind(checkpoint)
  const sealed = (await lastSeal(db))[0]?.sequence ?? 0
  for await (const places of stretches(db, from, to)) {
    for (const place of places) walk.feed(place.sequence > sealed ? { ...place, link: null } : place)
    progress?.((places.at(-1)?.sequence ?? from) - from + 1, to - from + 1)
  }
  return { ...walk.verdict({ goes_on }), standing: walk.standing() }
}

/** `end`: the last place that can be judged, 0 where there is none. `sealed`: the last with a seal. `findings`: what is wrong with the end. */
export type HistoryEnd = { end: number; sealed: number; findings: Finding[] }

/**
 * Where the history ends for who judges it, and what is wrong there, which no chain can show: audit has acknowledged every message up to a
 * place, so its record must be there, and none behind the stream's last. What is neither acknowledged nor sealed is still on its way: replicas
 * of audit enter it side by side, and leave holes for moments.
 */
export const endOfHistory = async (manager: JetStreamManager, db: Queryable): Promise<HistoryEnd> => {
  // One after the other: what was acknowledged before is entered by then.
  const { ack_floor } = await manager.consumers.info('EVENTS', topology.audit.name)
  const [[reached], [seal]] = await Promise.all([reach(db), lastSeal(db)])
  const { state } = await manager.streams.info('EVENTS')
  const [last, sealed] = [reached?.last ?? 0, seal?.sequence ?? 0]
  return {
    end: Math.min(last, Math.max(sealed, ack_floor.stream_seq)),
    sealed,
    findings: findingsOf({ last, acknowledged: ack_floor.stream_seq, stream: state.last_seq }),
  }
}

const findingsOf = ({ last, acknowledged, stream }: Record<'last' | 'acknowledged' | 'stream', number>): Finding[] => {
  if (acknowledged > last) {
    const detail = 'audit had taken them in; the index ends before them'
    return [{ sequence: last + 1, last: acknowledged, what: 'removed', detail }]
  }
  return last > stream ? [{ sequence: stream + 1, last, what: 'added', detail: 'the stream never held them' }] : []
}
