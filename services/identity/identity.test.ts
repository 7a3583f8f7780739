import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as contracts from '@deliveryflow/contracts'
import { Rejection, statement } from '@deliveryflow/kit'
import { type Database, openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { readSettings } from '@deliveryflow/kit/service/settings'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase, testBackends } from '@deliveryflow/local/testing'
import { decodeProtectedHeader } from 'jose'
import identity from './service.ts'

const log = createLog('identity-test', 'silent')
const password = 'correct horse battery'
const admin: contracts.Caller = { user_id: randomUUID(), role: 'admin' }

const outboxOf = statement<[aggregate: string], { subject: string; data: Record<string, unknown> }>(
  'test_outbox',
  'select subject, data from messaging.outbox where aggregate = $1 order by position',
)
const countKeys = statement<[], { count: number }>('test_keys', 'select count(*) from signing_keys')
const usersOf = statement<[email: string], { role: string; email_verified_at: Date | null }>(
  'test_users',
  'select role, email_verified_at from users where email = $1',
)
const retireKeys = statement<[]>('test_retire', `update signing_keys set retires_at = now() + interval '15 minutes'`)
const ageKeys = statement<[]>('test_age', `update signing_keys set signs_from = signs_from - interval '31 days'`)

describe('identity', () => {
  let scratch: ScratchDatabase
  let db: Database
  let environment: Record<string, string>
  const closing: (() => Promise<void>)[] = []

  /** A replica of the service without NATS: its handlers on the real database and the real Redis. */
  const replica = async (more: Record<string, string> = {}) => {
    const settings = readSettings(identity.topology, identity.settings, { ...environment, ...more })
    const opened = await identity.parts.open?.({ settings, log })
    if (opened?.close) closing.push(opened.close)
    const context = {
      settings,
      log,
      db,
      transaction: transactions(db, 'identity', () => undefined),
      ...opened?.resources,
    }
    return {
      ready: async () => opened?.ready?.(),
      upkeep: async () => {
        const background = await identity.parts.background?.(context, { health: async () => ({}) })
        if (background) closing.unshift(background.stop)
      },
      ask: async <R extends contracts.RpcContract>(
        contract: R,
        input: contracts.InputOf<R>,
        caller?: contracts.Caller,
      ) => {
        const answer = identity.parts.answers[contract.name]
        const result = await answer?.(contract.input.parse(input), context, caller)
        return result instanceof Rejection ? result : (contract.output.parse(result) as contracts.OutputOf<R>)
      },
    }
  }
  type Replica = Awaited<ReturnType<typeof replica>>
  let service: Replica

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'identity-test', max: 10 }, log)
    environment = {
      NATS_URL: 'unused',
      NATS_PASSWORD: 'unused',
      DATABASE_URL: scratch.url,
      REDIS_URL: (await testBackends()).redis_url,
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
    }
    const replicas = await Promise.all(Array.from({ length: 4 }, () => replica()))
    await sleep(200) // Redis connects in the background.
    await Promise.all(replicas.map((one) => one.upkeep()))
    service = replicas[0] ?? assert.fail()
  })
  after(async () => {
    for (const close of closing) await close()
    await db?.end()
    await scratch?.drop()
  })

  const good = <T>(answer: T | Rejection): T => {
    if (answer instanceof Rejection) assert.fail(`${answer.code}: ${answer.detail}`)
    return answer
  }
  const codeOf = (answer: unknown) => (answer instanceof Rejection ? answer.code : 'ok')
  const registered = async () => {
    const email = `${randomUUID()}@example.org`
    const { user_id } = good(await service.ask(contracts.register, { email, password, name: 'Ann' }))
    return { email, user_id, tokens: () => signIn(email) }
  }
  const signIn = async (email: string, word = password) =>
    good(await service.ask(contracts.login, { email, password: word }))
  const refreshed = (refresh_token: string, by = service) => by.ask(contracts.refresh, { refresh_token })

  it('is ready when Redis answers', async () => {
    await service.ready()
  })

  it('makes one signing key, however many replicas start at once', async () => {
    assert.deepEqual(await countKeys(db), [{ count: 1 }])
  })

  it('registers a user once and says so once, whatever the case of the address', async () => {
    const { email, user_id } = await registered()
    const again = await service.ask(contracts.register, { email: email.toUpperCase(), password, name: 'Bob' })
    assert.equal(codeOf(again), 'email_taken')
    const said = await outboxOf(db, user_id)
    assert.deepEqual(said, [
      { subject: 'events.user_registered', data: { user_id, email, name: 'Ann', role: 'customer' } },
    ])
  })

  it('gives an address to one of many that register it at once', async () => {
    const email = `${randomUUID()}@example.org`
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => service.ask(contracts.register, { email, password, name: 'Ann' })),
    )
    assert.deepEqual(answers.map(codeOf).sort(), ['email_taken', 'email_taken', 'email_taken', 'email_taken', 'ok'])
  })

  it('creates users of a role', async () => {
    const input = { email: `${randomUUID()}@example.org`, password, name: 'Cab', role: 'courier' as const }
    good(await service.ask(contracts.createUser, input, admin))
    assert.equal((await usersOf(db, input.email))[0]?.role, 'courier')
  })

  it('signs in with tokens that every replica verifies', async () => {
    const { user_id, email } = await registered()
    const tokens = await signIn(email)
    assert.deepEqual([tokens.expires_in, tokens.token_type], [900, 'Bearer'])
    const other = await replica()
    const said = good(await other.ask(contracts.verifyToken, { access_token: tokens.access_token }))
    assert.deepEqual([said.user_id, said.role], [user_id, 'customer'])
    const { keys } = good(await other.ask(contracts.jwks, {}))
    assert.equal(keys[0]?.kid, decodeProtectedHeader(tokens.access_token).kid)
    assert.ok(keys.every((key) => !('d' in key)))
    assert.equal(codeOf(await service.ask(contracts.verifyToken, { access_token: 'a.b.c' })), 'invalid_credentials')
  })

  it('answers alike for an unknown address and a wrong password', async () => {
    const { email } = await registered()
    const wrong = await service.ask(contracts.login, { email, password: 'wrong' })
    const unknown = await service.ask(contracts.login, { email: `${randomUUID()}@example.org`, password: 'wrong' })
    assert.equal(codeOf(wrong), 'invalid_credentials')
    assert.deepEqual(wrong, unknown)
  })

  it('stops guessing after ten failures, at known and unknown addresses, and says when to come back', async () => {
    const { email } = await registered()
    for (const guessed of [email, `${randomUUID()}@example.org`]) {
      for (let n = 0; n < 10; n++) {
        assert.equal(
          codeOf(await service.ask(contracts.login, { email: guessed, password: 'wrong' })),
          'invalid_credentials',
        )
      }
      const answer = await service.ask(contracts.login, { email: guessed, password })
      assert.equal(codeOf(answer), 'too_many_requests')
      assert.ok(answer instanceof Rejection && Number(answer.extra.retry_after) > 800)
    }
  })

  it('refreshes a session, and ends it when a spent token comes back after the leeway', async () => {
    const hasty = await replica({ REFRESH_LEEWAY_SECONDS: '1' })
    const first = await (await registered()).tokens()
    const second = good(await refreshed(first.refresh_token, hasty))
    assert.notEqual(second.refresh_token, first.refresh_token)
    await sleep(1100)
    assert.equal(codeOf(await refreshed(first.refresh_token, hasty)), 'invalid_credentials')
    assert.equal(codeOf(await refreshed(second.refresh_token, hasty)), 'invalid_credentials')
  })

  it('keeps the session of who refreshes twice: an answer was lost, or there are two tabs', async () => {
    const month = 30 * 24 * 60 * 60
    const { refresh_token } = await (await registered()).tokens()
    const both = (await Promise.all([refreshed(refresh_token), refreshed(refresh_token)])).map(good)
    const again = good(await refreshed(refresh_token))
    for (const tokens of [...both, again]) {
      assert.equal(tokens.refresh_token, again.refresh_token)
      assert.ok((tokens.refresh_expires_in ?? 0) > month - 60 && (tokens.refresh_expires_in ?? 0) <= month)
      good(await service.ask(contracts.verifyToken, { access_token: tokens.access_token }))
    }
    good(await refreshed(again.refresh_token))
  })

  it('signs out', async () => {
    const { refresh_token } = await (await registered()).tokens()
    good(await service.ask(contracts.logout, { refresh_token }))
    assert.equal(codeOf(await refreshed(refresh_token)), 'invalid_credentials')
    good(await service.ask(contracts.logout, { refresh_token }))
  })

  it('verifies an address by the token of the letter, once', async () => {
    const { user_id, email } = await registered()
    const { token } = good(await service.ask(contracts.issueLetterToken, { user_id, purpose: 'verify_email' }))
    assert.equal(codeOf(await service.ask(contracts.resetPassword, { token, password })), 'invalid_token')
    assert.deepEqual(await service.ask(contracts.verifyEmail, { token }), { user_id })
    assert.ok((await usersOf(db, email))[0]?.email_verified_at)
    assert.equal(codeOf(await service.ask(contracts.verifyEmail, { token })), 'invalid_token')
    const nobody = await service.ask(contracts.issueLetterToken, { user_id: randomUUID(), purpose: 'verify_email' })
    assert.equal(codeOf(nobody), 'not_found')
  })

  it('tells whether an address is verified, and sends the letter again until it is', async () => {
    const { user_id, email } = await registered()
    const caller = { user_id, role: 'customer' as const }
    const account = () => service.ask(contracts.getAccount, {}, caller)
    const resend = async () => codeOf(await service.ask(contracts.resendVerification, {}, caller))
    assert.deepEqual(await account(), { user_id, email, role: 'customer', email_verified: false })
    for (let n = 0; n < 5; n++) assert.equal(await resend(), 'ok')
    assert.equal(await resend(), 'too_many_requests')
    const { token } = good(await service.ask(contracts.issueLetterToken, { user_id, purpose: 'verify_email' }))
    good(await service.ask(contracts.verifyEmail, { token }))
    assert.equal(good(await account()).email_verified, true)
    assert.equal(await resend(), 'email_verified')
    const said = (await outboxOf(db, user_id)).slice(1)
    const asked = { subject: 'events.email_verification_requested', data: { user_id } }
    assert.deepEqual(said, Array(5).fill(asked))

    const stranger = { user_id: randomUUID(), role: 'customer' as const }
    assert.equal(codeOf(await service.ask(contracts.getAccount, {}, stranger)), 'not_found')
    assert.equal(codeOf(await service.ask(contracts.resendVerification, {}, stranger)), 'not_found')
  })

  it('asks for a reset letter only for a known address, and answers alike', async () => {
    const { user_id, email } = await registered()
    const known = await service.ask(contracts.requestPasswordReset, { email })
    assert.deepEqual(known, await service.ask(contracts.requestPasswordReset, { email: `${randomUUID()}@example.org` }))
    assert.deepEqual((await outboxOf(db, user_id)).at(-1), {
      subject: 'events.password_reset_requested',
      data: { user_id },
    })
    for (let n = 0; n < 4; n++) good(await service.ask(contracts.requestPasswordReset, { email }))
    assert.equal(codeOf(await service.ask(contracts.requestPasswordReset, { email })), 'too_many_requests')
    assert.equal((await outboxOf(db, user_id)).length, 1 + 5)
  })

  it('sets a new password once, which ends every session and lifts the limit on failures', async () => {
    const { user_id, email } = await registered()
    const [phone, laptop] = [await signIn(email), await signIn(email)]
    for (let n = 0; n < 10; n++) await service.ask(contracts.login, { email, password: 'wrong' })
    const issue = async () =>
      good(await service.ask(contracts.issueLetterToken, { user_id, purpose: 'password_reset' })).token
    const [token, other] = [await issue(), await issue()]
    const codes = await Promise.all(
      [token, token, other].map((one) =>
        service.ask(contracts.resetPassword, { token: one, password: 'another word' }),
      ),
    )
    assert.deepEqual(codes.map(codeOf).sort(), ['invalid_token', 'invalid_token', 'ok'])
    for (const { refresh_token } of [phone, laptop]) {
      assert.equal(codeOf(await refreshed(refresh_token)), 'invalid_credentials')
    }
    assert.equal(codeOf(await service.ask(contracts.login, { email, password })), 'invalid_credentials')
    good(await refreshed((await signIn(email, 'another word')).refresh_token))
  })

  it('makes the first administrator once, and never one of a user who is there', async () => {
    const ADMIN_EMAIL = `${randomUUID()}@example.org`
    const starting = await Promise.all(
      Array.from({ length: 3 }, () => replica({ ADMIN_EMAIL, ADMIN_PASSWORD: password })),
    )
    await Promise.all(starting.map((one) => one.upkeep()))
    assert.deepEqual(
      (await usersOf(db, ADMIN_EMAIL)).map(({ role }) => role),
      ['admin'],
    )
    await signIn(ADMIN_EMAIL)

    const { email } = await registered()
    await (await replica({ ADMIN_EMAIL: email, ADMIN_PASSWORD: 'another word' })).upkeep()
    assert.equal((await usersOf(db, email))[0]?.role, 'customer')
    await assert.rejects(replica({ ADMIN_EMAIL: email }), /both ADMIN_EMAIL and ADMIN_PASSWORD/)
  })

  it('says at start that KEY_ENCRYPTION_KEY is another one, and starts once the key was retired', async () => {
    const other = await replica({ KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url') })
    await assert.rejects(other.upkeep(), /KEY_ENCRYPTION_KEY is not the one/)
    const { access_token } = await (await registered()).tokens()
    await retireKeys(db)
    await other.upkeep()
    good(await other.ask(contracts.verifyToken, { access_token }))
    // The key of the others is gone; those below start with the one that the other secret encrypted.
    service = other
  })

  it('publishes a new key before it signs, when the present one is old', async () => {
    await ageKeys(db)
    const kidOf = (token: string) => decodeProtectedHeader(token).kid
    const before = kidOf((await (await registered()).tokens()).access_token)
    const replicas = await Promise.all(Array.from({ length: 3 }, () => replica({ ...environment })))
    const known = async (one: Replica) => good(await one.ask(contracts.jwks, {})).keys.map(({ kid }) => kid)
    const sets = await Promise.all(replicas.map(known))
    const added = sets[0]?.filter((kid) => kid !== before)
    assert.ok(added && added.length >= 1)
    for (const set of sets) assert.deepEqual(set, sets[0])
    assert.equal(kidOf((await (await registered()).tokens()).access_token), before)
  })
})
