import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { call, customer, password } from '../client.ts'
import { type TestSystem, testSystem } from '../harness.ts'

describe('a session of a page', () => {
  let system: TestSystem
  before(async () => {
    system = await testSystem()
  })

  /** A browser with one page of the system's origin: it keeps the cookie as browsers do. */
  const browser = (cookie = '') => ({
    post: async (path: string, body?: unknown) => {
      const headers = { 'sec-fetch-site': 'same-origin', cookie }
      const answer = await call(system.url, 'POST', path, { ...(body !== undefined && { body }), headers })
      const set = answer.headers.get('set-cookie')
      if (set !== null) cookie = set.split(';')[0] ?? ''
      return { ...answer, set }
    },
    cookie: () => cookie,
  })

  it('begins, is renewed and ends; its refresh token is in the cookie alone', async () => {
    const { email } = await customer(system.url)
    const page = browser()
    const begun = await page.post('/api/session', { email, password })
    assert.equal(begun.status, 200)
    assert.deepEqual(Object.keys(begun.body).sort(), ['access_token', 'expires_in', 'token_type'])
    const [, value, seconds] =
      /^refresh_token=([^;]+); Path=\/api\/session; Max-Age=(\d+); HttpOnly; SameSite=Strict$/.exec(begun.set ?? '') ??
      []
    assert.ok(value && !JSON.stringify(begun.body).includes(value))
    const month = 30 * 24 * 60 * 60
    assert.ok(Number(seconds) > month - 60 && Number(seconds) <= month, `${seconds} s`)

    const before = page.cookie()
    const renewed = await page.post('/api/session/renew')
    assert.equal(renewed.status, 200)
    assert.notEqual(page.cookie(), before)
    const account = await call(system.url, 'GET', '/api/auth/me', { token: renewed.body.access_token })
    assert.equal(account.body.email, email)

    const last = page.cookie()
    assert.equal((await page.post('/api/session/end')).status, 200)
    assert.equal(page.cookie(), 'refresh_token=')
    assert.equal((await page.post('/api/session/renew')).body.code, 'unauthenticated')
    const thief = browser(last)
    assert.equal((await thief.post('/api/session/renew')).body.code, 'invalid_credentials')
    assert.equal(thief.cookie(), 'refresh_token=', 'a cookie that is worth nothing goes')
  })

  it('is not begun by a wrong password, which leaves the session that is there', async () => {
    const { email } = await customer(system.url)
    const page = browser()
    await page.post('/api/session', { email, password })
    const wrong = await page.post('/api/session', { email, password: 'a wrong one' })
    assert.deepEqual([wrong.body.code, wrong.set], ['invalid_credentials', null])
    assert.equal((await page.post('/api/session/renew')).status, 200)
  })
})
