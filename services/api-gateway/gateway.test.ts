// The gateway over real HTTP, NATS and Redis while no service runs behind it: what it answers by itself.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type OpenApiDocument, problemDocument, topology } from '@deliveryflow/contracts'
import { calls, messages } from '@deliveryflow/contracts/relations'
import type { Background } from '@deliveryflow/kit'
import { watcher } from '@deliveryflow/kit/messaging/watch'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import { readSettings } from '@deliveryflow/kit/service/settings'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { freePort } from '@deliveryflow/local/ports'
import { ownBackends } from '@deliveryflow/local/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import service from './service.ts'

const log = createLog('test', 'silent')
const json = { 'content-type': 'application/json' }
const login = '{"email":"ada@example.com","password":"a long passphrase"}'

describe('api-gateway without the services', () => {
  let base: string
  let connection: NatsConnection
  const stops: (() => Promise<unknown> | undefined)[] = []

  /** A gateway with these settings on a port of its own; returns its base URL. */
  const gateway = async (own: Record<string, string> = {}): Promise<string> => {
    const { redis_url } = await ownBackends()
    const port = await freePort()
    const environment = { NATS_URL: 'unused', NATS_PASSWORD: 'unused', REDIS_URL: redis_url, HTTP_HOST: '127.0.0.1' }
    const settings = readSettings(service.topology, service.settings, {
      ...environment,
      HTTP_PORT: String(port),
      ...own,
    }) as object
    const opened = await service.parts.open?.({ settings, log })
    const call = rpcClient(connection)
    const watch = watcher(connection, topology['api-gateway'].watches, log)
    const context = { settings, log, call, watch, ...opened?.resources }
    const running: Background | undefined = await service.parts.background?.(context, {
      health: async () => ({ nats: 'ok' }),
    })
    stops.push(async () => {
      await running?.stop()
      await opened?.close?.()
    })
    return `http://127.0.0.1:${port}`
  }

  before(async () => {
    const { nats_url, nats_admin_password } = await ownBackends()
    connection = await connect({ servers: nats_url.split(','), user: 'admin', pass: nats_admin_password })
    base = await gateway({ RATE_LIMIT_AUTH_PER_MINUTE: '1000', CORS_ORIGINS: 'https://shop.example' })
  })
  after(async () => {
    for (const stop of stops) await stop()
    await connection.close()
  })

  const problemOf = async (response: Response) => {
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    const problem = problemDocument.parse(await response.json())
    assert.equal(problem.status, response.status)
    return problem
  }
  const codeOf = async (path: string, init?: RequestInit) => {
    const { status, code } = await problemOf(await fetch(base + path, init))
    return `${status} ${code}`
  }
  const post = (body: string, headers: Record<string, string> = json) => ({ method: 'POST', body, headers })

  it('refuses a body that is no JSON, too large, or not what the contract says', async () => {
    assert.equal(await codeOf('/api/auth/login', post('{"email":')), '400 invalid_request')
    assert.equal(await codeOf('/api/auth/login', post('"text"')), '400 invalid_request')
    assert.equal(await codeOf('/api/auth/login', post('{"__proto__":{"role":"admin"}}')), '400 invalid_request')
    assert.equal(await codeOf('/api/auth/login', { method: 'POST' }), '400 invalid_request')
    assert.equal(
      await codeOf('/api/auth/login', post('x', { ...json, 'content-encoding': 'gzip' })),
      '400 invalid_request',
    )
    assert.equal(
      await codeOf('/api/auth/login', post('a=b', { 'content-type': 'text/plain' })),
      '415 unsupported_media_type',
    )
    assert.equal(
      await codeOf('/api/auth/login', post('x', { ...json, 'content-encoding': 'zip' })),
      '415 unsupported_media_type',
    )
    assert.equal(await codeOf('/api/auth/login', post(`{"email":"${'a'.repeat(110_000)}"}`)), '413 body_too_large')
    const { errors } = await problemOf(await fetch(`${base}/api/auth/login`, post('{"email":"a","extra":1}')))
    assert.deepEqual(errors?.map(({ path }) => path).sort(), ['email', 'extra', 'password'])
  })

  it('says 404 where there is nothing, and 405 with Allow where there is something else', async () => {
    assert.equal(await codeOf('/api/nothing'), '404 not_found')
    assert.equal(await codeOf('/docs/package.json'), '404 not_found')
    const response = await fetch(`${base}/api/orders`, { method: 'DELETE' })
    assert.deepEqual(response.headers.get('allow')?.split(', ').sort(), ['GET', 'HEAD', 'POST'])
    assert.equal((await problemOf(response)).code, 'method_not_allowed')
  })

  it('asks for a token, and lets no header stand in for it', async () => {
    const response = await fetch(`${base}/api/orders`, {
      headers: { 'X-User-Id': crypto.randomUUID(), 'df-user': '{}' },
    })
    assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="deliveryflow"')
    assert.equal((await problemOf(response)).code, 'unauthenticated')
  })

  it('says 503 while the services are away: for a call, and for a token that cannot be verified', async () => {
    assert.equal(await codeOf('/api/auth/login', post(login)), '503 unavailable')
    assert.equal(await codeOf('/api/products'), '503 unavailable')
    const token = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImsifQ.e30.c2ln'
    assert.equal(await codeOf('/api/orders', { headers: { authorization: `Bearer ${token}` } }), '503 unavailable')
  })

  it('lets pages of listed origins call it, and no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${base}/api/orders`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
    const allowed = await preflight('https://shop.example')
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop.example')
    assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /Authorization.*Idempotency-Key/)
    const denied = await preflight('https://evil.example')
    assert.equal(denied.headers.get('access-control-allow-origin'), null)
    const problem = await fetch(`${base}/api/orders`, { headers: { origin: 'https://shop.example' } })
    assert.equal(problem.headers.get('access-control-allow-origin'), 'https://shop.example', 'also on a refusal')
  })

  describe('sessions of pages', () => {
    const renew = (headers: Record<string, string>, url = base) =>
      fetch(`${url}/api/session/renew`, { method: 'POST', headers })
    const cookie = `refresh_token=${'s'.repeat(22)}.${'t'.repeat(43)}`

    it('are for pages of the same origin: nobody else is let through to a session', async () => {
      const { host, origin } = new URL(base)
      const strangers: Record<string, string>[] = [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site', origin },
        { origin: 'https://shop.example' },
        { origin: 'null' },
        { origin: `http://${host}.evil.example` },
        {},
      ]
      for (const headers of strangers) {
        const { code } = await problemOf(await renew({ ...headers, cookie }))
        assert.equal(code, 'cross_origin', JSON.stringify(headers))
      }
      const stranger = { ...json, 'sec-fetch-site': 'cross-site' }
      assert.equal(await codeOf('/api/session', post(login, stranger)), '403 cross_origin')
      assert.equal(await codeOf('/api/session/end', { method: 'POST', headers: stranger }), '403 cross_origin')

      const own: Record<string, string>[] = [
        { 'sec-fetch-site': 'same-origin' },
        { 'sec-fetch-site': 'none' },
        { origin },
      ]
      for (const headers of own) {
        const response = await renew({ ...headers, cookie })
        assert.equal((await problemOf(response)).code, 'unavailable', 'identity is asked')
        assert.equal(response.headers.get('set-cookie'), null, 'who is away ends no session')
      }
    })

    it('are not there without a cookie: 401, also for what is no browser', async () => {
      assert.equal((await problemOf(await renew({}))).code, 'unauthenticated')
      assert.equal((await problemOf(await renew({ 'sec-fetch-site': 'same-origin' }))).code, 'unauthenticated')
      const tooLong = { 'sec-fetch-site': 'same-origin', cookie: `refresh_token=${'a'.repeat(2001)}` }
      assert.equal((await problemOf(await renew(tooLong))).code, 'unauthenticated')
      const end = await fetch(`${base}/api/session/end`, { method: 'POST' })
      assert.deepEqual([end.status, await end.json()], [200, {}])
    })

    it('have a cookie that no script reads, Secure where the request came over https', async () => {
      const forwarded = { 'X-Forwarded-Proto': 'https' }
      const cookieOf = async (url: string) => (await renew(forwarded, url)).headers.get('set-cookie')
      const plain = 'refresh_token=; Path=/api/session; Max-Age=0; HttpOnly; SameSite=Strict'
      assert.equal(await cookieOf(base), plain, 'a header that no trusted proxy sets is not believed')
      const proxied = await gateway({ TRUSTED_PROXIES: '1' })
      assert.equal(await cookieOf(proxied), `${plain}; Secure`)
      assert.equal(await cookieOf(await gateway({ HTTPS_ONLY: 'true' })), `${plain}; Secure`)
      const hsts = async (url: string) =>
        (await fetch(`${url}/openapi.json`, { headers: forwarded })).headers.get('strict-transport-security')
      assert.match((await hsts(proxied)) ?? '', /max-age=\d+/)
      assert.equal(await hsts(base), null)
    })
  })

  it('limits the rate of an address, tells how long to wait, and counts sign-ins apart', async () => {
    const url = await gateway({ RATE_LIMIT_PER_MINUTE: '3', RATE_LIMIT_AUTH_PER_MINUTE: '2', TRUSTED_PROXIES: '1' })
    const ask = (path: string, address: string, init?: RequestInit) =>
      fetch(url + path, { ...init, headers: { ...init?.headers, 'X-Forwarded-For': `6.6.6.6, ${address}` } })
    const unique = `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join('.')}`
    for (let left = 2; left >= 0; left--) {
      const response = await ask('/api/orders', unique)
      assert.equal(response.status, 401)
      assert.match(response.headers.get('ratelimit') ?? '', new RegExp(`^"requests";r=${left};t=`))
    }
    const response = await ask('/api/orders', unique)
    assert.equal((await problemOf(response)).code, 'too_many_requests')
    const wait = Number(response.headers.get('retry-after'))
    assert.ok(wait > 0 && wait <= 60)
    assert.equal((await ask('/api/auth/login', unique, post('{}'))).status, 400)
    assert.equal((await ask('/API/session/renew', unique, { method: 'POST' })).status, 401)
    assert.equal((await ask('/api/session/end', unique, { method: 'POST' })).status, 429, 'sessions count as sign-ins')
    assert.notEqual((await ask('/api/orders', `11${unique.slice(2)}`)).status, 429)
  })

  it('serves its specifications and a page to try it, whose scripts are files of its own', async () => {
    const specification = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApiDocument
    assert.ok(Object.hasOwn(specification.paths, '/api/orders/{order_id}/events'))
    const messages = (await (await fetch(`${base}/asyncapi.json`)).json()) as { channels: object }
    assert.ok(Object.hasOwn(messages.channels, 'events.order_created'))
    for (const [path, styles] of [
      ['/docs', "'self' 'unsafe-inline'"], // Swagger UI's own.
      ['/docs/events', "'self'"],
    ] as const) {
      const page = await fetch(base + path)
      const policy = page.headers.get('content-security-policy') ?? ''
      assert.match(policy, /script-src 'self'(;|$)/)
      assert.ok(policy.split(';').includes(`style-src ${styles}`), policy)
      const html = await page.text()
      assert.doesNotMatch(html, /<script>|<style|style=| on\w+=/)
      const files = [...html.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)].map(([, file]) => file)
      assert.ok(files.length > 2)
      for (const file of files) assert.equal((await fetch(base + file)).status, 200, file)
    }
  })

  it('keeps no token of the page that tries the API where a later visitor finds it', async () => {
    const script = await (await fetch(`${base}/docs/start.js`)).text()
    assert.match(script, /persistAuthorization: false/)
    assert.doesNotMatch(script, /localStorage\.setItem/)
  })

  it('shows every message and call, and where a link goes within the page there is something', async () => {
    const html = await (await fetch(`${base}/docs/events`)).text()
    for (const { subject } of [...messages, ...calls]) assert.ok(html.includes(`<article id="${subject}">`), subject)
    const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target)
    assert.equal(ids.size, [...html.matchAll(/ id="/g)].length, 'an id stands once')
  })

  it('has the pages of the web server beside what is its own, and none without one', async () => {
    const web = createServer((_asked, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('the shop'))
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    stops.push(async () => void web.close())
    const url = await gateway({ WEB_URL: `http://127.0.0.1:${(web.address() as AddressInfo).port}` })
    for (const path of ['/', '/orders/42']) {
      const page = await fetch(url + path)
      assert.equal(await page.text(), 'the shop')
      assert.match(page.headers.get('content-security-policy') ?? '', /trusted-types 'none'/)
    }
    assert.match(await (await fetch(`${url}/docs`)).text(), /swagger/)
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
    assert.equal((await problemOf(await fetch(`${url}/api/nothing`))).code, 'not_found')
    assert.equal(await codeOf('/orders/42'), '404 not_found')
    for (const WEB_URL of ['web:8080', 'https://web', 'http://web/shop']) {
      await assert.rejects(gateway({ WEB_URL }), /WEB_URL is not valid/)
    }
  })

  it('is healthy and ready, and sends the security headers without saying what it runs on', async () => {
    assert.equal((await fetch(`${base}/healthz`)).status, 200)
    assert.equal((await fetch(`${base}/readyz`)).status, 200)
    const { headers } = await fetch(`${base}/openapi.json`)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('x-powered-by') ?? headers.get('server'), null)
  })
})
