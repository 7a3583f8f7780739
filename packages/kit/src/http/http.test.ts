// What a caller sees of problems and probes, and how a server starts and stops: over real HTTP.
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { problemDocument } from '@deliveryflow/contracts'
import Koa, { type Middleware } from 'koa'
import { reject, Unavailable } from '../errors.ts'
import { createLog } from '../telemetry/log.ts'
import { listen } from './listen.ts'
import { observeRequests } from './observe.ts'
import { probes } from './probes.ts'
import { answerProblems, problemDocumentOf, sendProblem } from './problem.ts'

const log = createLog('test', 'silent')

/** Serves one middleware while `use` runs. */
const serving = async (middleware: Middleware[], use: (url: string) => Promise<void>) => {
  const app = new Koa()
  for (const each of middleware) app.use(each)
  const server = await listen(app, { port: 0, host: '127.0.0.1' })
  await use(`http://127.0.0.1:${server.port}`).finally(server.close)
}

const answering = (handle: Middleware, use: (response: Response) => Promise<void>) =>
  serving([answerProblems(log), handle], async (url) => use(await fetch(`${url}/api/thing?secret=1`)))

describe('problem documents', () => {
  it('say what RFC 9457 asks for, with the members of the refusal last and never in place of a standard one', () => {
    const document = problemDocumentOf(reject('price_changed', 'Now 12.', { price: 12, status: 'NEW' }), '/api/orders')
    assert.deepEqual(Object.keys(document), ['type', 'title', 'status', 'detail', 'instance', 'code', 'price'])
    assert.equal(document.status, 409)
    assert.equal(document.type, '/problems/price_changed')
  })

  it('come with the media type, and with Retry-After where the refusal says when', async () => {
    const handle: Middleware = (http) =>
      sendProblem(http, reject('too_many_requests', 'Slow down.', { retry_after: 11.2 }))
    await answering(handle, async (response) => {
      assert.equal(response.status, 429)
      assert.equal(response.headers.get('content-type'), 'application/problem+json')
      assert.equal(response.headers.get('retry-after'), '12')
      const document = problemDocument.parse(await response.json())
      assert.equal(document.instance, '/api/thing')
    })
  })

  it('say how to sign in with every 401, but leave a challenge that is there already', async () => {
    const plain: Middleware = (http) => sendProblem(http, reject('invalid_credentials', 'No.'))
    await answering(plain, async ({ headers }) => assert.match(headers.get('www-authenticate') ?? '', /^Bearer realm=/))
    const challenged: Middleware = (http) => {
      http.set('WWW-Authenticate', 'Bearer error="invalid_token"')
      sendProblem(http, reject('unauthenticated', 'No.'))
    }
    await answering(challenged, async ({ headers }) =>
      assert.equal(headers.get('www-authenticate'), 'Bearer error="invalid_token"'),
    )
  })

  it('keep the inside of an error inside', async () => {
    const handle = () => {
      throw new Error('password of the database is 123')
    }
    await answering(handle, async (response) => {
      const text = await response.text()
      assert.equal(response.status, 500)
      assert.equal(problemDocument.parse(JSON.parse(text)).code, 'internal')
      assert.doesNotMatch(text, /password|Error:|\.ts/)
    })
  })

  it('say 503 with Retry-After when a part is away', async () => {
    const handle = () => {
      throw new Unavailable('order is not running.')
    }
    await answering(handle, async (response) => {
      assert.equal(response.status, 503)
      assert.ok(Number(response.headers.get('retry-after')) > 0)
      assert.equal(problemDocument.parse(await response.json()).detail, 'order is not running.')
    })
  })

  it('answer what nothing answers, and what Koa itself refuses', async () => {
    await answering(
      (_http, next) => next(),
      async (response) => assert.equal(problemDocument.parse(await response.json()).code, 'not_found'),
    )
    const tooLarge: Middleware = (http) => http.throw(413, 'request entity too large')
    await answering(tooLarge, async (response) =>
      assert.equal(problemDocument.parse(await response.json()).code, 'body_too_large'),
    )
  })
})

describe('probes', () => {
  const health = (state: string) => async () => ({ nats: state })

  it('are ready while all that is needed is ok, whatever is merely missed', async () => {
    await serving([probes({ health: health('ok'), degraded: () => ({ redis: 'away' }) })], async (url) => {
      const response = await fetch(`${url}/readyz`)
      assert.equal(response.status, 200)
      assert.deepEqual(await response.json(), { status: 'ready', checks: { redis: 'away', nats: 'ok' } })
    })
  })

  it('live but are not ready, and say why, when something needed is away', async () => {
    await serving([probes({ health: health('no answer') })], async (url) => {
      const response = await fetch(`${url}/readyz`)
      assert.equal(response.status, 503)
      assert.deepEqual(await response.json(), { status: 'not ready', checks: { nats: 'no answer' } })
      assert.equal((await fetch(`${url}/healthz`)).status, 200)
      assert.equal((await fetch(`${url}/readyz`, { method: 'POST' })).status, 404)
    })
  })

  it('show the duration of requests by route, not by path', async () => {
    const routed: Middleware = (http) => {
      http.state.route = '/api/things/{id}'
      http.body = {}
    }
    await serving([probes({ health: health('ok') }), observeRequests, routed], async (url) => {
      const answer = await fetch(`${url}/api/things/4711`, { headers: { 'X-Request-Id': 'mine' } })
      assert.equal(answer.headers.get('x-request-id'), 'mine')
      const other = await fetch(`${url}/api/things/4712`, { headers: { 'X-Request-Id': 'not one: <script>' } })
      assert.match(other.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
      const metrics = await (await fetch(`${url}/metrics`)).text()
      assert.match(metrics, /http_server_request_duration_count\{[^}]*http_route="\/api\/things\/\{id\}"[^}]*\} 2/)
      assert.doesNotMatch(metrics, /4711/)
    })
  })
})

describe('listen', () => {
  it('says what to change when the port is taken', async () => {
    const first = await listen(new Koa(), { port: 0, host: '127.0.0.1' })
    await assert.rejects(listen(new Koa(), { port: first.port, host: '127.0.0.1' }), /is taken .* set HTTP_PORT/)
    await first.close()
  })

  it('finishes what is in hand, and ends the connection that is kept alive', async () => {
    const app = new Koa().use(async (http) => {
      await sleep(200)
      http.body = 'done'
    })
    const server = await listen(app, { port: 0, host: '127.0.0.1' })
    const agent = new Agent({ keepAlive: true })
    const answer = new Promise<string | undefined>((resolve, fail) => {
      request({ port: server.port, agent }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection))
      })
        .on('error', fail)
        .end()
    })
    await sleep(50)
    const started = performance.now()
    await server.close()
    const took = performance.now() - started
    assert.ok(took > 100 && took < 1000, `closed after ${took} ms`)
    await answer
    agent.destroy()
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}`))
  })

  it('serves on while it drains, and lets go of each connection with an answer', async () => {
    const app = new Koa().use((http) => {
      http.body = 'done'
    })
    const server = await listen(app, { port: 0, host: '127.0.0.1', drain_ms: 60_000 })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = () =>
      new Promise<string | undefined>((resolve, fail) => {
        request({ port: server.port, agent }, (response) => {
          response.resume().on('end', () => resolve(response.headers.connection))
        })
          .on('error', fail)
          .end()
      })
    assert.equal(await ask(), 'keep-alive')
    const closed = server.close()
    await sleep(100)
    assert.equal(await ask(), 'close')
    await closed
    agent.destroy()
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}`))
  })

  it('cuts off what outlasts the grace', async () => {
    const app = new Koa().use(() => new Promise(() => undefined))
    const server = await listen(app, { port: 0, host: '127.0.0.1', grace_ms: 100 })
    const answer = assert.rejects(fetch(`http://127.0.0.1:${server.port}`))
    await sleep(50)
    await server.close()
    await answer
  })
})
