// Serves the built pages: each file compressed beforehand and cached for ever under its own name, index.html for every address of theirs.
// Who may see what, and the security headers, are the gateway's, which stands in front.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import sirv from 'sirv'

const dist = join(import.meta.dirname, 'dist')
const port = Number(process.env.HTTP_PORT ?? 8081)
const host = process.env.HTTP_HOST ?? '0.0.0.0'

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`HTTP_PORT "${process.env.HTTP_PORT}" is no port.`)
if (!existsSync(join(dist, 'index.html'))) fail('The pages are not built: run npm run build --workspace services/web.')

const year = 365 * 86_400

const files = sirv(dist, {
  brotli: true,
  gzip: true,
  etag: true,
  // A piece that an older page asks for and that is gone is not to be answered with a page.
  single: true,
  ignores: [/^\/assets\//, /^\/healthz$/],
  setHeaders: (response, path) => {
    // Names under assets/ hold a digest of what is in them; everything else is asked for again and answered with 304.
    response.setHeader('Cache-Control', path.startsWith('/assets/') ? `public, max-age=${year}, immutable` : 'no-cache')
    response.setHeader('Vary', 'Accept-Encoding')
  },
})

const server = createServer((request, response) => {
  if (request.url === '/healthz') response.writeHead(200).end('ok')
  else files(request, response, () => void response.writeHead(404, { 'Cache-Control': 'no-store' }).end())
})

server.on('error', (error) => fail(`The pages cannot be served on ${host}:${port}: ${error.message}`))
server.listen(port, host, () => {
  const address = server.address()
  process.stdout.write(`serving the pages on port ${typeof address === 'object' ? address?.port : port}\n`)
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => server.close())
