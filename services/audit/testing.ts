// What audit's tests share: a database of their own with what seals in it, and events as their services say them, at a place of the history.
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readSigningKey } from '@deliveryflow/kit/history/checkpoint'
import type { StoredRecord } from '@deliveryflow/kit/history/record'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import type { Sealing } from './sealer.ts'

/** An empty index with its chain, in a database that is dropped with it. `checkpoint_records`: how often a checkpoint is signed, with `key`. */
export const scratchIndex = async (
  scratch: { url: string; drop(): Promise<void> },
  { checkpoint_records = 1000, key = readSigningKey(randomBytes(32).toString('base64url')) } = {},
) => {
  await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
  const log = createLog('test', 'silent')
  const db = openDatabase({ url: scratch.url, application_name: 'test', max: 4 }, log)
  const transaction = transactions(db, 'audit', () => undefined)
  const rows = async <Row extends object>(text: string) => (await db.query<Row>({ name: '', text, values: [] })).rows
  return {
    db,
    sealing: { db, transaction, key, log, checkpoint_records, checkpoint_ms: 3_600_000 } satisfies Sealing,
    rows,
    empty: () => rows('truncate events, seals, checkpoints, signing_keys'),
    drop: async () => {
      await db.end()
      await scratch.drop()
    },
  }
}

export type ScratchIndex = Awaited<ReturnType<typeof scratchIndex>>

/** What a test says of an event; the rest is as every event has it. */
export type Happened = {
  sequence: number
  id: string
  type: string
  aggregate: string
  correlation_id: string
  causation_id: string | null
  time: Date
  data: Record<string, unknown>
}

export const recordOf = ({
  sequence,
  id,
  type,
  aggregate,
  correlation_id,
  causation_id,
  time,
  data,
}: Happened): StoredRecord => ({
  sequence,
  subject: `events.${type}`,
  headers: [
    ['ce-id', id],
    ['ce-type', type],
    ['ce-source', 'order'],
    ['ce-subject', aggregate],
    ['ce-time', time.toISOString()],
    ['ce-correlationid', correlation_id],
    ...(causation_id === null ? [] : [['ce-causationid', causation_id] as const]),
  ],
  body: Buffer.from(JSON.stringify(data)),
  stored_at: time,
})
