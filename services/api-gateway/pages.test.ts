// Pages through the gateway's own middleware, from a real web server that can be slow, broken or away.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { answerProblems, type Listening, listen } from '@deliveryflow/kit'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { freePort } from '@deliveryflow/local/ports'
import Koa from 'koa'
import { crossOrigin, securityHeaders } from './browsers.ts'
import { isPage, pages } from './pages.ts'

const log = createLog('test', 'silent')
const timeout_ms = 300

describe('isPage', () => {
  it('leaves to the gateway what is its own, however it is written', () => {
    const own = ['/api', '/api/orders', '/API/orders', '/docs', '/docs/start.js', '/docs/events', '/problems/internal']
    const tools = ['/openapi.json', '/asyncapi.json', '/healthz', '/readyz', '/metrics']
    for (const path of [...own, ...tools]) assert.equal(isPage(path), false, path)
    const others = ['/', '/orders/42', '/apis', '/documents', '/assets/docs.js', '/favicon.ico', '/metrics/x', '//docs']
    for (const path of others) assert.equal(isPage(path), true, path)
  })
})

describe('pages', () => {
  type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }
  let gateway: Listening
  let seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[]
  let serve: RequestListener
  const stops: (() => Promise<unknown>)[] = []
  after(async () => {
    for (const stop of stops) await stop()
  })

  /** A gateway with the pages of this address. */
  const gatewayTo = async (url: string) => {
    const app = new Koa()
    app.on('error', () => undefined)
    app
      .use(securityHeaders({ isHttps: (http) => http.get('X-Over') === 'https', withPages: true }))
      .use(crossOrigin([]))
      .use(answerProblems(log))
      .use(pages({ url, log, timeout_ms }))
    const listening = await listen(app, { port: 0, host: '127.0.0.1', grace_ms: 100 })
    stops.push(listening.close)
    return listening
  }

  beforeEach(async () => {
    seen = []
    serve = (_asked, answer) => void answer.end()
    const web = createServer((asked, answer) => {
      seen.push({ method: asked.method, url: asked.url, headers: asked.headers })
      serve(asked, answer)
    })
    web.listen(0, '127.0.0.1')
    await once(web, 'listening')
    stops.push(async () => {
      web.closeAllConnections()
      web.close()
    })
    gateway = await gatewayTo(`http://127.0.0.1:${(web.address() as AddressInfo).port}`)
  })

  const ask = (path: string, { method = 'GET', headers = {} as Record<string, string>, port = gateway.port } = {}) =>
    new Promise<Answer>((resolve, fail) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, async (answer) => {
        try {
          const body = Buffer.concat(await answer.toArray())
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
        } catch (error) {
          fail(error)
        }
      })
      asked.on('error', fail).end()
    })
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

  it('come as the web server has them, compressed as it compressed them', async () => {
    const script = gzipSync('let a = 1')
    serve = (_asked, answer) => {
      answer.writeHead(200, {
        'content-type': 'text/javascript',
        'content-length': script.length,
        'content-encoding': 'gzip',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: '"1"',
        'last-modified': 'Sat, 31 Jan 2026 12:00:00 GMT',
        vary: 'Accept-Encoding',
      })
      answer.end(script)
    }
    const { status, headers, body } = await ask('/assets/a.js?v=1', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(status, 200)
    assert.deepEqual(body, script)
    assert.equal(headers['content-encoding'], 'gzip')
    assert.equal(headers['content-length'], String(script.length))
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.deepEqual([headers.etag, headers['last-modified']], ['"1"', 'Sat, 31 Jan 2026 12:00:00 GMT'])
    assert.match(headers.vary ?? '', /Accept-Encoding/)
    assert.equal(seen[0]?.url, '/assets/a.js?v=1')
    assert.equal(seen[0]?.headers['accept-encoding'], 'gzip')
  })

  it('pass nothing on that is not about content: no token, no cookie, no address of another host', async () => {
    serve = (_asked, answer) => {
      answer.writeHead(200, {
        'content-type': 'text/html',
        'set-cookie': 'a=b',
        server: 'x',
        'x-frame-options': 'ALLOW',
      })
      answer.end('<!doctype html>')
    }
    const secret = { authorization: 'Bearer abc', cookie: 'refresh_token=abc', 'x-user-id': '1', host: 'shop.example' }
    const { headers } = await ask('//evil.example/path', { headers: secret })
    assert.deepEqual([headers['set-cookie'], headers.server], [undefined, undefined])
    assert.notEqual(headers['x-frame-options'], 'ALLOW')
    assert.equal(seen[0]?.url, '//evil.example/path')
    const { host, connection, ...passed } = seen[0]?.headers ?? {}
    assert.match(host ?? '', /^127\.0\.0\.1:/)
    assert.deepEqual([passed, connection], [{}, 'keep-alive'])
  })

  it('are not sent again to who has them, and HEAD tells what GET would', async () => {
    serve = (asked, answer) => {
      if (asked.headers['if-none-match'] === '"1"') answer.writeHead(304, { etag: '"1"' })
      else answer.writeHead(200, { 'content-type': 'text/css', 'content-length': 5, etag: '"1"' })
      answer.end(asked.method === 'GET' && asked.headers['if-none-match'] === undefined ? 'a { }' : undefined)
    }
    for (let n = 0; n < 3; n++) {
      const known = await ask('/a.css', { headers: { 'if-none-match': '"1"' } })
      assert.deepEqual([known.status, known.headers.etag, known.body.length], [304, '"1"', 0])
      const head = await ask('/a.css', { method: 'HEAD' })
      assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '5', 0])
      assert.equal((await ask('/a.css')).body.toString(), 'a { }')
    }
    assert.deepEqual(new Set(seen.map(({ method }) => method)), new Set(['GET', 'HEAD']))
  })

  it('bear the headers that keep foreign scripts out, and HSTS over https alone', async () => {
    serve = (_asked, answer) => {
      answer.writeHead(404, { 'content-type': 'text/html' })
      answer.end('not here')
    }
    const { status, headers, body } = await ask('/nowhere')
    assert.deepEqual([status, body.toString()], [404, 'not here'], "the web server's own answer")
    const policy = [
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'",
      "form-action 'none'; frame-ancestors 'none'; font-src 'self'; manifest-src 'self'",
      "require-trusted-types-for 'script'; trusted-types 'none'",
    ]
    assert.equal(String(headers['content-security-policy']).replaceAll(/; ?/g, '; '), policy.join('; '))
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['strict-transport-security'], undefined)
    const secure = await ask('/nowhere', { headers: { 'x-over': 'https' } })
    assert.match(String(secure.headers['strict-transport-security']), /^max-age=\d{8}/)
  })

  it('leave what is not GET or HEAD, and what is not theirs, to the gateway', async () => {
    for (const [path, method] of [
      ['/orders', 'POST'],
      ['/api/nothing', 'GET'],
      ['/docs/nothing', 'GET'],
    ] as const) {
      const { status, headers } = await ask(path, { method, headers: html })
      assert.deepEqual([status, headers['content-type']], [404, 'application/problem+json'])
    }
    assert.equal(seen.length, 0)
  })

  it('are replaced by one that comes back by itself while the web server is away', async () => {
    const { port } = await gatewayTo(`http://127.0.0.1:${await freePort()}`)
    const page = await ask('/orders/42', { port, headers: html })
    assert.equal(page.status, 503)
    assert.ok(Number(page.headers['retry-after']) > 0)
    assert.match(page.headers['content-type'] ?? '', /^text\/html/)
    assert.match(String(page.headers['content-security-policy']), /trusted-types/)
    assert.match(page.body.toString(), /<meta http-equiv="refresh" content="3">/)
    assert.match(page.body.toString(), /<html lang="en">/)
    const russian = await ask('/', { port, headers: { ...html, 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.8' } })
    assert.match(russian.body.toString(), /<h1>Мы скоро/)
    const script = await ask('/assets/a.js', { port })
    assert.deepEqual([script.status, script.headers['content-type']], [503, 'application/problem+json'])
    assert.ok(Number(script.headers['retry-after']) > 0)
  })

  it('are replaced as well when the web server fails, or is silent for too long', async () => {
    serve = (_asked, answer) => void answer.writeHead(500).end('a stack trace')
    const failed = await ask('/', { headers: html })
    assert.equal(failed.status, 503)
    assert.doesNotMatch(failed.body.toString(), /stack/)
    serve = () => undefined
    const started = performance.now()
    assert.equal((await ask('/', { headers: html })).status, 503)
    const took = performance.now() - started
    assert.ok(took >= timeout_ms && took < timeout_ms + 2000, `${took} ms`)
  })

  it('break off, so that the browser notices, when the web server breaks off or stalls in the middle', async () => {
    for (const end of [(socket: NodeJS.WritableStream & { destroy(): void }) => socket.destroy(), () => undefined]) {
      serve = (_asked, answer) => {
        answer.writeHead(200, { 'content-type': 'text/javascript' })
        answer.write('let a', () => end(answer))
      }
      await assert.rejects(ask('/assets/a.js'), /aborted|hang up|ECONNRESET/)
    }
  })

  it('come although the connection that was kept alive is gone', async () => {
    serve = (_asked, answer) => void answer.writeHead(200, { 'content-type': 'text/plain' }).end('here')
    assert.equal((await ask('/')).status, 200)
    const first = serve
    let reset = 0
    serve = (asked, answer) => {
      if (reset++ === 0) asked.socket.resetAndDestroy()
      else first(asked, answer)
    }
    assert.equal((await ask('/')).body.toString(), 'here')
    assert.equal(reset, 2)
  })

  it('free the web server when the browser has gone', async () => {
    const closed = Promise.withResolvers<void>()
    serve = (_asked, answer) => {
      answer.on('close', closed.resolve)
      answer.writeHead(200, { 'content-type': 'text/plain' })
      const writing = setInterval(() => answer.write('x'.repeat(1000)), 20)
      answer.on('close', () => clearInterval(writing))
    }
    const asked = request({ host: '127.0.0.1', port: gateway.port, path: '/', agent: false }, (answer) => {
      answer.once('data', () => asked.destroy())
    })
    asked.on('error', () => undefined).end()
    await closed.promise
  })
})
