// The pages about the API: the specifications, Swagger UI to try it, and what each problem type means.
import { readFile } from 'node:fs/promises'
import { isProblemCode, openApiDocument, problems } from '@deliveryflow/contracts'
import { asyncApiDocument } from '@deliveryflow/contracts/asyncapi'
import Router from '@koa/router'
import type { Middleware } from 'koa'

/** The files of swagger-ui-dist that the page needs; nothing else of the package is served. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>DeliveryFlow API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

/** A file of its own: the page's Content-Security-Policy allows no inline script. */
const start = `window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  validatorUrl: null,
})
`

/** Routes of /openapi.json, /asyncapi.json, /docs and /problems/{code}. */
export const docsRoutes = (): Router => {
  const router = new Router()
  // Relative to where it is read: true behind any proxy and on any port.
  router.get(
    '/openapi.json',
    made('application/json', () => JSON.stringify(openApiDocument('/'))),
  )
  router.get(
    '/asyncapi.json',
    made('application/json', () => JSON.stringify(asyncApiDocument())),
  )
  router.get(
    '/docs',
    made('text/html', () => page),
  )
  router.get(
    '/docs/start.js',
    made('text/javascript', () => start),
  )
  router.get('/docs/:file', async (http, next) => {
    const { file = '' } = http.params
    const type = Object.hasOwn(assets, file) ? assets[file] : undefined
    if (!type) return next()
    http.set('Cache-Control', 'public, max-age=86400')
    http.type = type
    http.body = await asset(file)
  })
  router.get('/problems/:code', (http) => {
    const { code = '' } = http.params
    if (isProblemCode(code)) http.body = { code, ...problems[code] }
  })
  return router
}

/** A text that is made when first asked for: most processes never show it. */
const made = (type: string, make: () => string): Middleware => {
  let text: string | undefined
  return (http) => {
    text ??= make()
    http.type = `${type}; charset=utf-8`
    http.body = text
  }
}

const read = new Map<string, Promise<Buffer>>()

const asset = (file: string): Promise<Buffer> => {
  const present = read.get(file) ?? readFile(new URL(import.meta.resolve(`swagger-ui-dist/${file}`)))
  read.set(file, present)
  return present
}
