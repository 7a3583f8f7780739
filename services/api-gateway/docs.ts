// The pages about the API: the specifications, Swagger UI to try it, what travels between the services, and what each problem type means.
import { readFile } from 'node:fs/promises'
import { isProblemCode, openApiDocument, problems } from '@deliveryflow/contracts'
import { asyncApiDocument } from '@deliveryflow/contracts/asyncapi'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { eventsPage } from './docs/events-page.ts'
import { tryPage } from './docs/try-page.ts'

/** The files that the pages need, with where each lies; nothing else of the folders is served. */
const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
  'favicon-32x32.png': 'swagger-ui-dist/favicon-32x32.png',
  'site.css': './docs/site.css',
  'messages.css': './docs/messages.css',
  'try.css': './docs/try.css',
  'accessible.js': './docs/accessible.js',
  'start.js': './docs/start.js',
  'search.js': './docs/search.js',
}

/** Routes of /openapi.json, /asyncapi.json, /docs, /docs/events and /problems/{code}. */
export const docsRoutes = (): Router => {
  const router = new Router()
  // Relative to where it is read: true behind any proxy and on any port.
  router.get(
    '/openapi.json',
    made('json', () => JSON.stringify(openApiDocument('/'))),
  )
  router.get(
    '/asyncapi.json',
    made('json', () => JSON.stringify(asyncApiDocument())),
  )
  router.get('/docs', made('html', tryPage))
  router.get('/docs/events', made('html', eventsPage))
  router.get('/docs/:file', async (http, next) => {
    const { file = '' } = http.params
    if (!Object.hasOwn(files, file)) return next()
    const packaged = !files[file]?.startsWith('.')
    http.set('Cache-Control', packaged ? 'public, max-age=86400' : 'no-cache')
    http.type = file
    http.body = await contentOf(files[file] ?? '')
  })
  router.get('/problems/:code', (http) => {
    const { code = '' } = http.params
    if (isProblemCode(code)) http.body = { code, ...problems[code] }
  })
  return router
}

/** A text that is made when first asked for: most processes never show it. */
const made = (type: 'json' | 'html', make: () => string): Middleware => {
  let text: string | undefined
  return (http) => {
    text ??= make()
    http.type = type
    http.body = text
  }
}

const read = new Map<string, Promise<Buffer>>()

const contentOf = (file: string): Promise<Buffer> => {
  const present = read.get(file) ?? readFile(new URL(import.meta.resolve(file)))
  read.set(file, present)
  return present
}
