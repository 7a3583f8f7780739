import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Database, newId, reject, Terminal, Unavailable } from '@deliveryflow/kit'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as letters from './letters.ts'
import type { Outcome } from './mail.ts'
import { contactOf, type Job, jobOf, openLetters, statusesOf, testWorker } from './testing.ts'

const jobs = (length: number) => Array.from({ length }, () => jobOf())
const sentOf = (...workers: { sent: { message_id: string }[] }[]) =>
  workers.flatMap(({ sent }) => sent.map(({ message_id }) => message_id))

describe('many letters in hand', () => {
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

  const allSent = async (told: readonly Job[]) => (await statusesOf(db, told)).every((status) => status === 'SENT')

  it('share their statements and their question for contact data', async () => {
    const { handle, sent, asked, statements } = testWorker(db)
    const told = jobs(50)
    await Promise.all(told.map(handle))
    assert.deepEqual([...new Set(statements)], ['select_letters', 'claim_letters', 'mark_letters_sent'])
    // Letters that a busy machine sends at different moments are marked in a few statements.
    assert.ok(statements.length <= 10, `${statements.length} statements for 50 letters`)
    assert.deepEqual(asked, [['profile.get_contacts', { user_ids: told.map(({ user_id }) => user_id) }]])
    assert.equal(new Set(sentOf({ sent })).size, 50)
    assert.ok(await allSent(told))
  })

  it('are asked about a hundred at a time, and each user once', async () => {
    const { handle, asked } = testWorker(db)
    const { user_id } = jobOf()
    await Promise.all([...jobs(119), ...jobs(2).map((job) => ({ ...job, user_id }))].map(handle))
    assert.deepEqual(
      asked.map(([, input]) => 'user_ids' in input && Array.isArray(input.user_ids) && input.user_ids.length),
      [100, 20],
    )
  })

  it('are sent once each by workers that race for them', async () => {
    for (let round = 0; round < 10; round++) {
      const told = jobs(40)
      const workers = [testWorker(db), testWorker(db), testWorker(db)]
      // Batches that overlap, in different orders; one holds each of its letters twice.
      const inHand = [told.slice(0, 30), told.slice(10).reverse(), [...told.slice(5, 25), ...told.slice(5, 25)]]
      let attempts = inHand.flatMap((batch, index) => batch.map((job) => ({ job, worker: workers[index] })))
      for (let tries = 0; attempts.length > 0; tries++) {
        assert.ok(tries < 50, 'the workers wait for each other without end')
        const outcomes = await Promise.allSettled(attempts.map(async ({ job, worker }) => worker?.handle(job)))
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof Unavailable, outcome.reason)
        }
        attempts = attempts.filter((_, index) => outcomes[index]?.status === 'rejected')
      }
      const sent = sentOf(...workers)
      assert.deepEqual([sent.length, new Set(sent).size], [40, 40])
      assert.ok(await allSent(told))
    }
  })

  it('are claimed in one statement also when two attempts are at the same letter; the earlier one has it', async () => {
    const { handle, sent, statements } = testWorker(db)
    const job = jobOf()
    const twice = await Promise.allSettled([handle(job), handle(job)])
    assert.deepEqual(
      twice.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    assert.deepEqual([sent.length, statements], [1, ['select_letters', 'claim_letters', 'mark_letters_sent']])

    const { letter_key, user_id } = jobOf()
    const attempt = () => ({ letter_key, claim_id: newId(), user_id, kind: 'welcome', message_id: '<a@b>' })
    const [early, late] = [attempt(), attempt()]
    assert.ok(await letters.claim(db, early))
    assert.deepEqual(await Promise.all([letters.claim(db, late), letters.claim(db, early)]), [false, true])
  })

  it('neither wait for one that goes wrong nor fail with it', async () => {
    const [refused, unknown, slow, stranger, broken] = [jobOf(), jobOf(), jobOf(), jobOf(), jobOf()]
    // PostgreSQL takes no text with NUL: a statement with this key among others fails as a whole.
    broken.letter_key += '\0'
    const spoilt = jobOf()
    const told = jobs(20)
    const slowAnswer = Promise.withResolvers<Outcome>()
    const never = { outcome: 'refused', error: new Terminal('never') } as const
    const names = new Map([
      [refused.user_id, 'refused'],
      [unknown.user_id, 'unknown'],
      [slow.user_id, 'slow'],
    ])
    const { handle, sent } = testWorker(
      db,
      ({ to: { name } }) => {
        if (name === 'refused') return never
        if (name === 'unknown') return { outcome: 'unknown', error: new Error('cut') }
        return name === 'slow' ? slowAnswer.promise : { outcome: 'accepted' }
      },
      {
        contacts: async (user_ids) => {
          if (user_ids.includes(spoilt.user_id)) return reject('internal', 'profile cannot read one of these')
          return user_ids
            .filter((user_id) => user_id !== stranger.user_id)
            .map((user_id) => ({ ...contactOf(user_id), name: names.get(user_id) ?? 'Ann' }))
        },
      },
    )
    const slowly = handle(slow)
    const [others, ...wrong] = await Promise.all([
      Promise.all(told.map(handle)),
      assert.rejects(handle(refused), never.error),
      handle(unknown),
      assert.rejects(handle(stranger), /no profile/),
      assert.rejects(handle(broken), { code: '22021' }),
      assert.rejects(handle(spoilt), /cannot read/),
    ])
    assert.deepEqual([others.length, wrong.length], [20, 5])
    assert.ok(await allSent(told))
    assert.deepEqual(await statusesOf(db, [refused, unknown, slow, stranger, spoilt]), [
      undefined,
      'UNCERTAIN',
      'SENDING',
      undefined,
      undefined,
    ])
    slowAnswer.resolve({ outcome: 'accepted' })
    await slowly
    assert.ok(await allSent([slow]))
    assert.equal(sent.length, 23)
  })

  it('are given back when the database is away before they are begun', async () => {
    const query = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    const { handle, sent, statements } = testWorker({ ...db, query })
    const outcomes = await Promise.allSettled(jobs(5).map(handle))
    assert.ok(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'ECONNREFUSED'))
    assert.deepEqual([statements, sent.length], [['select_letters'], 0])
  })

  it('are not lost when the database goes away while they are sent, nor when only its answer is lost', async () => {
    const refused = { outcome: 'refused', error: new Terminal('never') } as const
    for (const took of [false, true]) {
      for (const [name, outcome, status] of [
        ['claim_letters', { outcome: 'accepted' }, 'SENT'],
        ['mark_letters_sent', { outcome: 'accepted' }, 'SENT'],
        ['release_letters', refused, undefined],
      ] as const) {
        let times = 0
        const query: Database['query'] = async (text) => {
          const away = text.name === name && times++ === 0
          const result = away && !took ? undefined : await db.query<never>(text)
          if (result && !away) return result
          throw Object.assign(new Error('terminating connection'), { code: '57P01' })
        }
        const told = jobs(6)
        const { handle, sent } = testWorker({ ...db, query }, () => outcome)
        const outcomes = await Promise.allSettled(told.map(handle))
        for (const settled of outcomes) {
          if (settled.status === 'rejected') assert.equal(settled.reason, refused.error)
        }
        assert.ok(times >= 2, `${name} was tried again`)
        assert.equal(sent.length, 6, name)
        assert.deepEqual(await statusesOf(db, told), Array(6).fill(status))
      }
    }
  })
})
