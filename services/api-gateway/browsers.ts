// What browsers are told: the security headers, and whose pages may call the API.
import cors from '@koa/cors'
import type { Context, Middleware } from 'koa'
import helmet from 'koa-helmet'
import { isPage } from './pages.ts'

/** The headers with HSTS and without: over plain HTTP it must not be sent (RFC 6797, 7.2). */
const headersWith = (directives: Record<string, string[]>, readBy: 'same-origin' | 'cross-origin') => {
  const options = {
    contentSecurityPolicy: { useDefaults: false, directives },
    crossOriginResourcePolicy: { policy: readBy },
  }
  return { https: helmet(options), http: helmet({ ...options, strictTransportSecurity: false }) }
}

/** JSON answers need nothing and are shown nowhere; pages of other origins read them, where CORS allows it. */
const forApi = headersWith({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }, 'cross-origin')

/** What any page of this origin may do: nothing but load and ask its own origin. */
const ownOrigin = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}
const forDocs = headersWith(ownOrigin, 'cross-origin')

/** Swagger UI: its components carry style attributes. */
const forSwagger = headersWith({ ...ownOrigin, 'style-src': ["'self'", "'unsafe-inline'"] }, 'cross-origin')

/** The shop and the desk of operations: no text becomes a script, whatever it says (Trusted Types, none of them). */
const forPages = headersWith(
  {
    ...ownOrigin,
    'font-src': ["'self'"],
    'manifest-src': ["'self'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  },
  'same-origin',
)

export type SecurityHeadersOptions = {
  /** Whether a request came over https. */
  isHttps: (http: Context) => boolean
  /** Whether there are pages behind the gateway. */
  withPages: boolean
}

/** The security headers of an answer, by what its path is. */
export const securityHeaders =
  ({ isHttps, withPages }: SecurityHeadersOptions): Middleware =>
  (http, next) => {
    const headers = withPages && isPage(http.path) ? forPages : headersFor(http.path)
    return headers[isHttps(http) ? 'https' : 'http'](http, next)
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
