// The page of the mail catcher: a list of letters, a view of each, and the same as JSON. Reads only, by the name localhost only.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Letter, Letters } from './letters.ts'

const pageSize = 100

/**
 * Serves the page at the address `host`: GET /, /letters/ID, /letters/ID/html, /letters/ID/source, /api/letters?to=&limit=.
 * It answers whoever asks for `localhost`; in a cluster that is who forwards the port.
 */
export async function serveMailPage(letters: Letters, port: number, host: string): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    // Letters hold tokens: a page of another name that resolves to this address (DNS rebinding) must not read them.
    if (name !== 'localhost' && name !== '127.0.0.1') return send(response, 403, 'text/plain', 'Ask for localhost.\n')
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'This page only reads.\n')
    answer(letters, url, response).catch((error: Error) => {
      if (!response.headersSent) send(response, 500, 'text/plain', `${error.message}\n`)
    })
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(letters: Letters, url: URL, response: ServerResponse): Promise<void> {
  const to = url.searchParams.get('to') || undefined
  if (url.pathname === '/') {
    const shown = await letters.list({ to, limit: pageSize })
    return send(response, 200, 'text/html', listPage(shown, letters.count(), to))
  }
  if (url.pathname === '/api/letters') {
    const limit = Number(url.searchParams.get('limit') ?? pageSize)
    if (!Number.isInteger(limit) || limit < 1)
      return send(response, 400, 'text/plain', 'limit: a whole number from 1\n')
    response.writeHead(200, headersOf('application/json'))
    return pipeline(asJson(letters.each({ to, limit })), response)
  }
  const [, id = '', view] = /^\/letters\/([^/]+)(?:\/(html|source))?$/.exec(url.pathname) ?? []
  const letter = await letters.get(id)
  if (letter === undefined) return send(response, 404, 'text/plain', 'No such letter.\n')
  if (view === 'source') return send(response, 200, 'text/plain', (await letters.source(id)) ?? '')
  if (view === 'html') return sendLetterHtml(response, letter)
  send(response, 200, 'text/html', letterPage(letter))
}

/** `{"letters":[…]}`, a letter at a time: all of a long test would not fit into the memory of a pod. */
async function* asJson(letters: AsyncIterable<Letter>) {
  yield '{"letters":['
  let before = ''
  for await (const letter of letters) {
    yield before + JSON.stringify(letter)
    before = ','
  }
  yield ']}'
}

const headersOf = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
})

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, headersOf(type))
  response.end(body)
}

/** The letter's own HTML: no scripts, nothing loaded, its links open outside the frame. */
function sendLetterHtml(response: ServerResponse, letter: Letter): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  })
  response.end(`<base target="_blank">${letter.html}`)
}

function listPage(shown: Letter[], count: number, to: string | undefined): string {
  const rows = shown.map(
    (letter) => `<tr><td><time>${letter.received_at.slice(0, 19).replace('T', ' ')}</time></td>
      <td>${escapeHtml(letter.to.join(', '))}</td><td><a href="/letters/${letter.id}">${escapeHtml(letter.subject || '(no subject)')}</a></td></tr>`,
  )
  const title = to === undefined ? `${count} letters` : `Letters to ${to}`
  return layout(
    title,
    `<h1>${escapeHtml(title)}</h1>
    <form><label>To <input name="to" type="email" value="${escapeHtml(to ?? '')}"></label> <button>Show</button></form>
    ${shown.length === 0 ? '<p>None yet. The page looks again every five seconds.</p>' : ''}
    <table><tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr>${rows.join('\n')}</table>
    ${count > pageSize ? `<p>At most ${pageSize} are shown; <code>/api/letters?limit=</code> gives more.</p>` : ''}`,
    '<meta http-equiv="refresh" content="5">',
  )
}

function letterPage(letter: Letter): string {
  return layout(
    letter.subject,
    `<p><a href="/">All letters</a></p><h1>${escapeHtml(letter.subject || '(no subject)')}</h1>
    <dl><dt>From</dt><dd>${escapeHtml(letter.from)}</dd><dt>To</dt><dd>${escapeHtml(letter.to.join(', '))}</dd>
    <dt>Received</dt><dd>${letter.received_at}</dd><dt>Message-ID</dt><dd>${escapeHtml(letter.message_id)}</dd></dl>
    <p><a href="/letters/${letter.id}/source">Source</a></p>
    ${letter.html === '' ? '' : `<iframe title="The letter" src="/letters/${letter.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`}
    <pre>${escapeHtml(letter.text)}</pre>`,
  )
}

function layout(title: string, body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${escapeHtml(title)} · DeliveryFlow mail</title><style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin-top:1rem}td,th{padding:.3rem .8rem .3rem 0;text-align:left;border-bottom:1px solid #8884}
time{white-space:nowrap}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}
iframe{width:100%;height:24rem;border:1px solid #8884;background:#fff}pre{white-space:pre-wrap;padding:1rem;background:#8881}
</style></head><body>${body}</body></html>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
