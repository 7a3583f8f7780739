import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type Client, call, customer, password, signIn, until } from '../client.ts'
import { lettersTo, type TestSystem, testSystem } from '../harness.ts'

describe('a letter with a token', () => {
  let system: TestSystem
  before(async () => {
    system = await testSystem()
  })

  /** Waits for the letters that lead to a page, so many of them; returns the token of the last. */
  const tokenFor = async ({ email }: Client, page: string, count = 1) => {
    const start = `: ${system.url}/${page}#token=`
    const found = async () => (await lettersTo(system, email)).filter(({ text }) => text.includes(start))
    await until(`${count} letters lead to ${page}`, async () => (await found()).length === count)
    const { text = '', subject = '' } = (await found()).at(-1) ?? {}
    const token = text.split(start)[1]?.split(/\s/)[0] ?? ''
    return { token, subject }
  }
  const verified = async (ann: Client) => (await ann.get('/api/auth/me')).body.email_verified

  it('leads to the page that confirms the address, and comes again in the language of its reader', async () => {
    const ann = await customer(system.url)
    const first = await tokenFor(ann, 'verify-email')
    assert.match(first.subject, /Confirm/)
    assert.equal(await verified(ann), false)

    await ann.put('/api/profile', { locale: 'ru' })
    assert.equal((await ann.post('/api/auth/verify-email/resend')).status, 200)
    const second = await tokenFor(ann, 'verify-email', 2)
    assert.match(second.subject, /Подтвердите/)
    const { token } = second
    assert.equal((await call(system.url, 'POST', '/api/auth/verify-email', { body: { token } })).status, 200)
    assert.equal(await verified(ann), true)
    assert.equal((await ann.post('/api/auth/verify-email/resend')).body.code, 'email_verified')
  })

  it('leads to the page that sets a new password, which ends every session', async () => {
    const ann = await customer(system.url)
    const { email } = ann
    const { refresh_token } = (await call(system.url, 'POST', '/api/auth/login', { body: { email, password } })).body
    await call(system.url, 'POST', '/api/auth/password-reset', { body: { email } })
    const { token } = await tokenFor(ann, 'reset-password')
    const confirm = { body: { token, password: 'another long passphrase' } }
    assert.equal((await call(system.url, 'POST', '/api/auth/password-reset/confirm', confirm)).status, 200)
    const refresh = await call(system.url, 'POST', '/api/auth/refresh', { body: { refresh_token } })
    assert.equal(refresh.body.code, 'invalid_credentials')
    await signIn(system.url, email, 'another long passphrase')
  })
})
