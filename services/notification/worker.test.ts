import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type Database,
  DeadlineExceeded,
  type Rejection,
  reject,
  statement,
  Terminal,
  Unavailable,
} from '@deliveryflow/kit'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import type { Outcome } from './mail.ts'
import type { Contact } from './render.ts'
import { contactOf, type Deliver, type Job, jobOf, openLetters, statusesOf, testWorker } from './testing.ts'

describe('a worker', () => {
  let db: Database
  let scratch: ScratchDatabase

  before(async () => {
    scratch = await scratchDatabase()
    db = await openLetters(scratch.url)
  })
  after(async () => {
    await db.end()
    await scratch.drop()
  })

  const worker = (deliver?: Deliver, contacts?: (user_ids: string[]) => Promise<Contact[] | Rejection>) =>
    testWorker(db, deliver, contacts && { contacts })
  const statusOf = async (job: Job) => (await statusesOf(db, [job]))[0]
  const makeStale = statement<[letter_key: string]>(
    'test_make_stale',
    `update letters set claimed_at = now() - interval '31 seconds' where letter_key = $1`,
  )
  /** Has a worker begin to send, and then hear nothing of the mail server before `answer` is resolved. */
  const sending = async (job: Job) => {
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
    assert.equal(await statusOf(job), 'SENT')
  })

  it('sends it once although many workers have the job at the same time; the others wait', async () => {
    const job = jobOf()
    const answer = Promise.withResolvers<Outcome>()
    // All of them have found the letter not begun before any goes on to claim it.
    const together = Promise.withResolvers<void>()
    let looked = 0
    const contacts = async (user_ids: string[]) => {
      if (++looked === 8) together.resolve()
      await together.promise
      return user_ids.map(contactOf)
    }
    const workers = Array.from({ length: 8 }, () => worker(() => answer.promise, contacts))
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
      assert.equal(await statusOf(job), undefined)
      const { handle, sent } = worker()
      await handle(job)
      assert.equal(sent.length, 1)
    }
  })

  it('never sends again what may have been sent', async () => {
    const job = jobOf()
    const { handle, sent } = worker(() => ({ outcome: 'unknown', error: new Error('cut') }))
    await handle(job)
    assert.equal(await statusOf(job), 'UNCERTAIN')
    await handle(job)
    assert.equal(sent.length, 1)
  })

  it('leaves the letter of another worker alone, and gives it up when that one is gone', async () => {
    const job = jobOf()
    await sending(job)
    const { handle, sent } = worker()
    await assert.rejects(handle(job), Unavailable)
    assert.equal(await statusOf(job), 'SENDING')
    await makeStale(db, job.letter_key)
    await handle(job)
    assert.equal(await statusOf(job), 'UNCERTAIN')
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
      assert.equal(await statusOf(job), status)
    }
  })

  it('claims nothing while it cannot write the letter, and waits for who is away', async () => {
    const job = jobOf()
    const unknownUser = worker(undefined, async () => [])
    await assert.rejects(unknownUser.handle(job), (error) => !(error instanceof Unavailable))
    const closed = worker(undefined, async () => reject('unavailable', 'not now'))
    await assert.rejects(closed.handle(job), Unavailable)
    const slow = async () => {
      throw new DeadlineExceeded('profile is slow')
    }
    await assert.rejects(worker(undefined, slow).handle(job), Unavailable)
    assert.equal(await statusOf(job), undefined)
  })

  it('asks for a token only where a letter carries one', async () => {
    for (const kind of ['verify_email', 'password_reset', 'welcome'] as const) {
      const job = jobOf({ kind })
      const { handle, sent, asked } = worker()
      await handle(job)
      const expected = [['profile.get_contacts', { user_ids: [job.user_id] }]] as unknown[]
      if (kind !== 'welcome') expected.push(['auth.issue_letter_token', { user_id: job.user_id, purpose: kind }])
      assert.deepEqual(asked, expected)
      assert.equal(sent[0]?.text.includes('the-token'), kind !== 'welcome')
    }
  })
})
