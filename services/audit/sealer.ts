// Seals what has entered the index: link by link in the order of the history, with a signed checkpoint now and then. One replica at a time.
import { type Background, type Database, type Log, type Queryable, repeat } from '@deliveryflow/kit'
import { type SigningKey, signCheckpoint } from '@deliveryflow/kit/history/checkpoint'
import { genesis, linkOf } from '@deliveryflow/kit/history/record'
import type { Transact } from '@deliveryflow/kit/postgres/transaction'
import * as store from './chain-store.ts'

export type Sealing = {
  readonly db: Database
  readonly transaction: Transact
  readonly key: SigningKey
  readonly log: Log
  /** A checkpoint is signed after so many records, or after so long when there are fewer. */
  readonly checkpoint_records: number
  readonly checkpoint_ms: number
}

const batch = 5000
/** Milliseconds until it looks again when there was nothing more to seal. */
const idle = 1000

/** Starts sealing. Records that came out of their order wait for those before them. */
export const startSealer = (sealing: Sealing): Background =>
  repeat(0, async () => {
    try {
      return (await sealOnce(sealing)) === batch ? 0 : idle
    } catch (error) {
      sealing.log.warn({ err: error }, 'the history could not be sealed; it is tried again')
      return idle
    }
  })

/** Seals what can be sealed, at most one batch, and resolves to how many records that were. */
export const sealOnce = ({ transaction, key, checkpoint_records, checkpoint_ms }: Sealing): Promise<number> =>
  transaction(async (tx) => {
    const [turn] = await store.takeTurn(tx)
    if (!turn?.taken) return 0
    const [end] = await store.chainEnd(tx)
    const rows = withoutGap(await store.unsealed(tx, end?.sequence ?? 0, batch), end?.sequence)
    let link = end?.link ?? genesis
    const links = rows.map(({ hash }) => {
      link = linkOf(link, hash)
      return link
    })
    if (rows.length > 0)
      await store.insertSeals(
        tx,
        rows.map(({ sequence }) => sequence),
        links,
      )
    const last = rows.at(-1)?.sequence ?? end?.sequence
    const unsigned = (end?.unsigned ?? 0) + rows.length
    const due = unsigned >= checkpoint_records || Date.now() - (end?.signed_at?.getTime() ?? 0) >= checkpoint_ms
    if (last !== undefined && unsigned > 0 && due) await sign(tx, key, last, link)
    return rows.length
  })

/** The first record of the chain may stand anywhere; each after it stands right behind the one before. */
const withoutGap = <Row extends { sequence: number }>(rows: readonly Row[], last: number | undefined): Row[] => {
  const first = last === undefined ? (rows[0]?.sequence ?? 0) : last + 1
  const gap = rows.findIndex(({ sequence }, at) => sequence !== first + at)
  return rows.slice(0, gap === -1 ? rows.length : gap)
}

const sign = async (tx: Queryable, key: SigningKey, sequence: number, link: Uint8Array): Promise<void> => {
  await store.noteKey(tx, key.id, key.public.export({ type: 'spki', format: 'pem' }).toString())
  const { signed_at, key_id, signature } = signCheckpoint(key, sequence, link)
  await store.insertCheckpoint(tx, sequence, link, signed_at, key_id, signature)
}
