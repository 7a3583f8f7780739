// What a browser is given of the pages through the gateway: while their web server is there, and while it is away.
import assert from 'node:assert/strict'

const get = (url: string, path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { headers: { accept: 'text/html', ...headers } })

/** Index, a link into the pages, a piece of them and one that is gone: each with the headers that it must have. */
export const pagesAreShown = async (url: string): Promise<void> => {
  const index = await get(url, '/')
  const html = await index.text()
  assert.equal(index.status, 200, html)
  assert.match(index.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(index.headers.get('cache-control'), 'no-cache')
  const policy = index.headers.get('content-security-policy') ?? ''
  for (const directive of ["default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'"])
    assert.ok(policy.split(/; ?/).includes(directive), `${directive} is not in ${policy}`)
  assert.doesNotMatch(policy, /unsafe/)

  const link = await get(url, '/orders/01990000-0000-7000-8000-000000000001')
  assert.deepEqual([link.status, await link.text()], [200, html])

  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(html) ?? []
  const piece = await get(url, script, { 'accept-encoding': 'br' })
  assert.equal(piece.status, 200, script)
  assert.match(piece.headers.get('content-type') ?? '', /javascript/)
  assert.equal(piece.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(piece.headers.get('content-encoding'), 'br')
  assert.ok((await piece.text()).length > 10_000)

  const gone = await get(url, '/assets/index-gone.js')
  assert.equal(gone.status, 404)
  const api = await get(url, '/api/nothing')
  assert.match(api.headers.get('content-type') ?? '', /^application\/problem\+json/, 'the API is not the pages')
}

/** Whether the gateway says that the pages are away, as a page that tries again by itself. */
export const pagesAreAway = async (url: string): Promise<boolean> => {
  const answer = await get(url, '/cart')
  const html = await answer.text()
  if (answer.status !== 503) return false
  assert.match(html, /<meta http-equiv="refresh"/)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  return true
}
