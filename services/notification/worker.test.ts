import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { DataOf, Letter, notifyUser } from '@deliveryflow/contracts'
import {
  type Database,
  DeadlineExceeded,
  type Message,
  type Rejection,
  reject,
  statement,
  Terminal,
  Unavailable,
} from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import { send, type WorkerContext } from './handlers.ts'
import type { Mail, Outcome } from './mail.ts'
import { type Contact, openTemplates } from './render.ts'

const log = createLog('worker-test', 'silent')
const render = openTemplates('http://localhost:8080')
const contactOf = (user_id: string): Contact => ({
  user_id,
  email: 'ann@example.com',
  name: 'Ann',
  phone: null,
  address: null,
  locale: 'en',
})

describe('a worker', () => {
  let scratch: ScratchDatabase
  let db: Database

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'worker-test', max: 10 }, log)
  })
  after(async () => {
    await db.end()
    await scratch.drop()
  })

  /** A worker whose mail server does as `deliver` says; the others' answers can be replaced too. */
  const worker = (
    deliver: (mail: Mail) => Promise<Outcome> | Outcome = () => ({ outcome: 'accepted' }),
    { database = db, contact = async (): Promise<Contact | Rejection> => contactOf(randomUUID()) } = {},
  ) => {
    const sent: Mail[] = []
    const asked: unknown[] = []
    const context = {
      settings: {} as WorkerContext['settings'],
      log,
      db: database,
      transaction: () => assert.fail('a worker needs no transaction'),
      render,
      mailer: {
        send: async (mail: Mail) => {
          sent.push(mail)
          return deliver(mail)
        },
        close: async () => undefined,
      },
      call: async (contract: { name: string }, input: unknown) => {
        asked.push([contract.name, input])
        return contract.name === 'profile.get_contact' ? contact() : { token: 'the-token' }
      },
    } as unknown as WorkerContext
    const handle = async (job: DataOf<typeof notifyUser>) => {
      assert.ok('each' in send)
      await send.each({ data: job } as Message<typeof notifyUser>, context)
    }
    return { handle, sent, asked }
  }
  const jobOf = (letter: Letter = { kind: 'welcome' }) => ({
    letter_key: `${letter.kind}:${randomUUID()}`,
    user_id: randomUUID(),
    letter,
  })
  const selectStatus = statement<[letter_key: string], { status: string }>(
    'test_status',
    'select status from letters where letter_key = $1',
  )
  const statusOf = async (letter_key: string) => (await selectStatus(db, letter_key))[0]?.status
  const makeStale = statement<[letter_key: string]>(
    'test_make_stale',
    `update letters set claimed_at = now() - interval '31 seconds' where letter_key = $1`,
  )
  /** Has a worker begin to send, and then hear nothing of the mail server before `answer` is resolved. */
  const sending = async (job: DataOf<typeof notifyUser>) => {
    const answer = Promise.withResolvers<Outcome>()
    const begun = Promise.withResolvers<void>()
    const { handle } = worker(() => {
      begun.resolve()
      return answer.promise
    })
    const handled = handle(job).catch(() => undefined)
    await begun.promise
    return { answer, handled }
  }

  it('sends a letter once, however often its job comes', async () => {
    const { handle, sent } = worker()
    const job = jobOf()
    for (const _ of [1, 2, 3]) await handle(job)
    assert.equal(sent.length, 1)
    assert.equal(await statusOf(job.letter_key), 'SENT')
  })

  it('sends it once although many workers have the job at the same time; the others wait', async () => {
    const job = jobOf()
    const answer = Promise.withResolvers<Outcome>()
    // All of them have found the letter not begun before any goes on to claim it.
    const together = Promise.withResolvers<void>()
    let looked = 0
    const contact = async () => {
      if (++looked === 8) together.resolve()
      await together.promise
      return contactOf(job.user_id)
    }
    const workers = Array.from({ length: 8 }, () => worker(() => answer.promise, { contact }))
    const failures: unknown[] = []
    const handled = workers.map(({ handle }) =>
      handle(job).catch((error) => {
        // The mail server answers only when all others have tried to have the letter.
        if (failures.push(error) === 7) answer.resolve({ outcome: 'accepted' })
      }),
    )
    await Promise.all(handled)
    assert.ok(failures.every((error) => error instanceof Unavailable))
    await Promise.all(workers.map(({ handle }) => handle(job)))
    assert.equal(workers.flatMap(({ sent }) => sent).length, 1)
  })

  it('begins anew after a refusal, for now or for good', async () => {
    for (const error of [new Unavailable('later'), new Terminal('never')]) {
      const job = jobOf()
      const refusing = worker(() => ({ outcome: 'refused', error }))
      await assert.rejects(refusing.handle(job), error)
      assert.equal(await statusOf(job.letter_key), undefined)
      const { handle, sent } = worker()
      await handle(job)
      assert.equal(sent.length, 1)
    }
  })

  it('never sends again what may have been sent', async () => {
    const job = jobOf()
    const { handle, sent } = worker(() => ({ outcome: 'unknown', error: new Error('cut') }))
    await handle(job)
    assert.equal(await statusOf(job.letter_key), 'UNCERTAIN')
    await handle(job)
    assert.equal(sent.length, 1)
  })

  it('leaves the letter of another worker alone, and gives it up when that one is gone', async () => {
    const job = jobOf()
    await sending(job)
    const { handle, sent } = worker()
    await assert.rejects(handle(job), Unavailable)
    assert.equal(await statusOf(job.letter_key), 'SENDING')
    await makeStale(db, job.letter_key)
    await handle(job)
    assert.equal(await statusOf(job.letter_key), 'UNCERTAIN')
    assert.equal(sent.length, 0)
  })

  it('notes what it learns late of a letter that was given up meanwhile', async () => {
    for (const [late, status] of [
      [{ outcome: 'accepted' }, 'SENT'],
      [{ outcome: 'refused', error: new Unavailable('later') }, 'UNCERTAIN'],
    ] as const) {
      const job = jobOf()
      const { answer, handled } = await sending(job)
      await makeStale(db, job.letter_key)
      await worker().handle(job)
      answer.resolve(late)
      await handled
      assert.equal(await statusOf(job.letter_key), status)
    }
  })

  it('claims nothing while it cannot write the letter, and waits for who is away', async () => {
    const job = jobOf()
    const unknownUser = worker(undefined, { contact: async () => reject('not_found', 'no such user') })
    await assert.rejects(unknownUser.handle(job), (error) => !(error instanceof Unavailable))
    const slow = async () => {
      throw new DeadlineExceeded('profile is slow')
    }
    await assert.rejects(worker(undefined, { contact: slow }).handle(job), Unavailable)
    assert.equal(await statusOf(job.letter_key), undefined)
  })

  it('asks for a token only where a letter carries one', async () => {
    for (const kind of ['verify_email', 'password_reset', 'welcome'] as const) {
      const job = jobOf({ kind })
      const { handle, sent, asked } = worker()
      await handle(job)
      const expected = [['profile.get_contact', { user_id: job.user_id }]] as unknown[]
      if (kind !== 'welcome') expected.push(['auth.issue_letter_token', { user_id: job.user_id, purpose: kind }])
      assert.deepEqual(asked, expected)
      assert.equal(sent[0]?.text.includes('the-token'), kind !== 'welcome')
    }
  })

  it('loses no letter when the answer to a statement is lost with its connection', async () => {
    const refused = { outcome: 'refused', error: new Terminal('never') } as const
    for (const [name, outcome, status] of [
      ['claim_letter', { outcome: 'accepted' }, 'SENT'],
      ['mark_letter_sent', { outcome: 'accepted' }, 'SENT'],
      ['release_letter', refused, undefined],
    ] as const) {
      let times = 0
      const query: Database['query'] = async (text) => {
        const result = await db.query<never>(text)
        if (text.name !== name || times++ > 0) return result
        throw Object.assign(new Error('terminating connection'), { code: '57P01' })
      }
      const job = jobOf()
      const { handle, sent } = worker(() => outcome, { database: { ...db, query } })
      await handle(job).catch((error) => assert.equal(error, refused.error))
      assert.deepEqual([name, times, sent.length, await statusOf(job.letter_key)], [name, 2, 1, status])
    }
  })
})
