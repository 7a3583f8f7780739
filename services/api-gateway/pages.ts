// The pages, which a web server behind the gateway has: passes GET and HEAD on to it, and says so while it is away.
//
// By node:http: what proxy libraries are for (bodies, WebSockets, rewriting, hop-by-hop headers of both sides) does not occur
// with files that are only read, and here a header that is not listed passes in neither direction.
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { type Log, Unavailable } from '@deliveryflow/kit'
import type { Context, Middleware } from 'koa'

const notPages = /^\/(api|docs|problems)(\/|$)|^\/(openapi|asyncapi)\.json$|^\/(healthz|readyz|metrics)$/i

/** Whether a path is one of the pages and their files, and not of the gateway itself. In any case, as its routes are. */
export const isPage = (path: string): boolean => !notPages.test(path)

const asked = ['accept', 'accept-encoding', 'if-none-match', 'if-modified-since']
const answered = ['content-type', 'content-length', 'content-encoding', 'etag', 'last-modified', 'cache-control']

export type PagesOptions = {
  log: Log
  /** The origin of the web server, over http. */
  url: string
  /** How long it may be silent, before its answer and in the middle of it. */
  timeout_ms?: number
}

/** Passes requests for pages on; 503 with Retry-After, for browsers as a page that reloads itself, while that fails. */
export const pages = ({ log, url, timeout_ms = 10_000 }: PagesOptions): Middleware => {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true })
  return async (http, next) => {
    if (!isPage(http.path) || (http.method !== 'GET' && http.method !== 'HEAD')) return next()
    http.state.route = '/*'
    const headers = Object.fromEntries(asked.flatMap((name) => (http.get(name) ? [[name, http.get(name)]] : [])))
    // The parts of the address one by one: of a path like //elsewhere.example a URL would make another host.
    const path = http.path + http.search
    // [::1] is how a URL writes what a socket calls ::1.
    const place = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port, path, method: http.method }
    try {
      passBack(http, await ask({ ...place, headers, agent, timeout: timeout_ms }))
    } catch (cause) {
      if (!http.get('Accept').includes('text/html')) {
        throw new Unavailable('The web server does not answer.', { cause })
      }
      log.debug({ err: cause, path }, 'the web server does not answer')
      sayAway(http)
    }
  }
}

/** Resolves with the answer as soon as it begins; rejects when there is none in time, or the web server says it has failed. */
const ask = (options: RequestOptions): Promise<IncomingMessage> =>
  new Promise((resolve, fail) => {
    let begun = false
    const outgoing = request(options, (answer) => {
      begun = true
      if ((answer.statusCode ?? 500) < 500) return resolve(answer)
      answer.resume()
      fail(new Error(`It answered ${answer.statusCode}.`))
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error(`It was silent for ${options.timeout} ms.`)))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Kept alive, and closed by the other side in the very moment of its next use.
      if (error.code === 'ECONNRESET' && outgoing.reusedSocket && !begun) resolve(ask({ ...options, agent: false }))
      else fail(error)
    })
    outgoing.end()
  })

const passBack = (http: Context, answer: IncomingMessage) => {
  http.status = answer.statusCode ?? 200
  for (const name of answered) {
    const value = answer.headers[name]
    if (value !== undefined) http.set(name, value)
  }
  if (answer.headers.vary !== undefined) http.vary(answer.headers.vary) // Beside what CORS says there.
  // Without a body to come, the connection is free for the next request only when the answer was read to its end.
  if (http.method === 'HEAD' || http.status === 304) answer.resume()
  http.body = answer
}

const away = {
  en: {
    title: 'We will be right back',
    text: 'The pages cannot be shown at the moment. This one tries again by itself in a few seconds.',
  },
  ru: {
    title: 'Мы скоро вернёмся',
    text: 'Сейчас страницы показать не удаётся. Эта через несколько секунд попробует ещё раз сама.',
  },
}
const again_s = 3

const sayAway = (http: Context) => {
  const lang = http.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en'
  const { title, text } = away[lang]
  http.status = 503
  http.set('Retry-After', String(again_s))
  http.set('Cache-Control', 'no-store')
  http.vary('Accept-Language')
  http.type = 'html'
  http.body = `<!doctype html>
<html lang="${lang}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="refresh" content="${again_s}">
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    <p>${text}</p>
  </body>
</html>
`
}
