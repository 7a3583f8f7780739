import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Database, statement } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import { lettersOf } from './domain.ts'
import { plan } from './handlers.ts'

const selectOutbox = statement<[], { subject: string; aggregate: string; cause: string; journey: string }>(
  'test_outbox',
  `select subject, aggregate, headers->>'ce-causationid' as cause, headers->>'ce-correlationid' as journey
   from messaging.outbox order by position`,
)

describe('the planner', () => {
  let scratch: ScratchDatabase
  let db: Database

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase(
      { url: scratch.url, application_name: 'planner-test', max: 2 },
      createLog('planner-test', 'silent'),
    )
  })
  after(async () => {
    await db.end()
    await scratch.drop()
  })

  it('says the jobs of every event of a batch, each in the journey of its event', async () => {
    const registered = [1, 2].map(() => {
      const user_id = randomUUID()
      const data = { user_id, email: 'a@b.c', name: 'Ann', role: 'customer' as const }
      return { id: randomUUID(), correlation_id: user_id, data }
    })
    await transactions(
      db,
      'notification-planner',
      () => undefined,
    )((tx) => plan(lettersOf.user_registered).batch(registered, tx))
    const expected = registered.flatMap(({ id: cause, correlation_id: journey }) =>
      ['welcome', 'verify_email'].map((kind) => ({
        subject: 'jobs.notify_user',
        aggregate: `${kind}:${journey}`,
        cause,
        journey,
      })),
    )
    assert.deepEqual(await selectOutbox(db), expected)
  })
})
