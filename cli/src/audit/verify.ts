// Judges the history where it is kept, or an export of it: which records are not what was sealed and signed.
import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readPublicKeys } from '@deliveryflow/kit/history/checkpoint'
import { selectKeys } from '@deliveryflow/kit/history/places'
import { type Verdict, verifier } from '@deliveryflow/kit/history/verify'
import { verifyPlaces } from '@deliveryflow/kit/history/verify-index'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { Failure, reasonOf } from '../failure.ts'
import { readParts } from './file.ts'
import { rangeOf } from './places.ts'

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
  const [places, named] = await Promise.all([rangeOf(db, options.from, options.to), selectKeys(db)])
  const keys = options.keys ?? keysOf(named.map(({ public_key }) => public_key))
  const { progress } = options
  const { standing, ...verdict } = await verifyPlaces(db, places, { keys, ...(progress && { progress }) })
  return { ...verdict, keys: [...keys.keys()] }
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
