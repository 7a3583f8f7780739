// Judges the history where it is kept, or an export of it: which records are not what was sealed and signed.
import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { topology } from '@deliveryflow/contracts'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { type Finding, type Verdict, verifier } from '@deliveryflow/kit/history/verify'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { jetstreamManager } from '@nats-io/jetstream'
import { connectionOf } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import { readParts } from './file.ts'
import { linkBefore, rangeOf, stretches } from './places.ts'
import { reach, selectKeys } from './store.ts'

/** `keys`: the ids of those that were trusted. */
export type Judgement = Verdict & { keys: string[] }

export type VerifyOptions = {
  from?: number
  to?: number
  /** Trusted instead of those that the history names itself. */
  keys?: ReadonlyMap<string, KeyObject>
  /** Told now and then: how far it is of how much. */
  progress?(done: number, all: number): void
}

/** The public keys of a PEM file by their ids. Throws `usage` when it cannot be read or holds none. */
export const readKeys = (path: string): Map<string, KeyObject> => {
  try {
    const blocks = readFileSync(path, 'utf8').match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []
    if (blocks.length === 0) throw new Error('there is no public key in it')
    return keysOf(blocks)
  } catch (error) {
    const next = 'dfctl audit keys prints the keys of an installation.'
    throw new Failure('usage', `${path} cannot be used as a key`, { why: reasonOf(error), next, cause: error })
  }
}

const keysOf = (pems: readonly string[]): Map<string, KeyObject> => {
  const keys = readPublicKeys(pems)
  if (keys) return keys
  throw new Failure('failed', 'A key that signed the history is no public key', {
    next: 'Name the trusted ones with --key.',
  })
}

/** Judges what the index holds: all of the chain, or the stretch that is asked for. */
export const verifyIndex = async (db: Queryable, options: VerifyOptions): Promise<Judgement> => {
  const [{ from, to }, named] = await Promise.all([rangeOf(db, options.from, options.to), selectKeys(db)])
  const keys = options.keys ?? keysOf(named.map(({ public_key }) => public_key))
  const walk = verifier({ keys, before: await linkBefore(db, from) })
  for await (const { places, checkpoints } of stretches(db, from, to)) {
    for (const checkpoint of checkpoints) walk.mind(checkpoint)
    for (const place of places) walk.feed(place)
    options.progress?.((places.at(-1)?.sequence ?? from) - from + 1, to - from + 1)
  }
  return { ...walk.verdict(), keys: [...keys.keys()] }
}

/**
 * What is wrong with the end of the index, which no chain can show: audit has acknowledged every message up to a place, so its record must
 * be there, and none behind the stream's last.
 */
export const verifyEnd = async (target: Target, db: Queryable): Promise<Finding[]> => {
  const manager = await jetstreamManager(await connectionOf(target), { checkAPI: false })
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

/** Judges an export, without the installation. */
export const verifyFile = async (path: string, options: VerifyOptions): Promise<Judgement> => {
  let walk: ReturnType<typeof verifier> | undefined
  let keys = options.keys
  let records = 0
  for await (const part of readParts(path)) {
    if ('header' in part) {
      keys ??= keysOf(part.header.keys.map(({ public_key }) => public_key))
      walk = verifier({ keys, before: part.header.before })
    } else if ('checkpoint' in part) walk?.mind(part.checkpoint)
    else if ('record' in part) {
      const { record } = part
      walk?.feed({ sequence: record.sequence, record, link: record.link })
      if (++records % 5000 === 0) options.progress?.(records, 0)
    }
  }
  if (!walk || !keys) throw new Error('A file without a header was read to its end.')
  return { ...walk.verdict(), keys: [...keys.keys()] }
}
