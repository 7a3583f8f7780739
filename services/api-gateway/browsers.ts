// What browsers are told: the security headers, and whose pages may call the API.
import cors from '@koa/cors'
import type { Context, Middleware } from 'koa'
import helmet from 'koa-helmet'

/** The headers with HSTS and without: over plain HTTP it must not be sent (RFC 6797, 7.2). */
const headersWith = (directives: Record<string, string[]>) => {
  const options = {
    contentSecurityPolicy: { useDefaults: false, directives },
    // Answers of the API are read by pages of other origins, where CORS allows it.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  } as const
  return { https: helmet(options), http: helmet({ ...options, strictTransportSecurity: false }) }
}

/** JSON answers need nothing and are shown nowhere. */
const forApi = headersWith({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] })

/** Pages with scripts and styles of their own alone. */
const ownAlone = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}
const forDocs = headersWith(ownAlone)

/** Swagger UI: its components carry style attributes and images as data. */
const forSwagger = headersWith({
  ...ownAlone,
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
})

/** The security headers of an answer; `isHttps`: whether its request came over https. */
export const securityHeaders =
  (isHttps: (http: Context) => boolean): Middleware =>
  (http, next) => {
    return headersFor(http.path)[isHttps(http) ? 'https' : 'http'](http, next)
  }

const headersFor = (path: string) => {
  if (path === '/docs') return forSwagger
  return path.startsWith('/docs/') ? forDocs : forApi
}

/** CORS for these origins; a page of any other gets no headers, so its browser keeps the answer from it. No cookies. */
export const crossOrigin = (origins: readonly string[]): Middleware => {
  const allowed = new Set(origins)
  return cors({
    origin: (http) => (allowed.has(http.get('Origin')) ? http.get('Origin') : ''),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Prefer', 'Last-Event-ID', 'traceparent'],
    exposeHeaders: ['Location', 'Preference-Applied', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id'],
    maxAge: 600,
  })
}
