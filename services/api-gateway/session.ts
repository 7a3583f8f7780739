// Sessions of pages: the access token in the answer, the refresh token in a cookie that no script can read. The tokens are
// identity's; here they are passed on, kept and forgotten.
//
// The cookie says who asks without the page's doing, so a page of another origin must not make a browser send it: beside
// SameSite=Strict, which counts every subdomain as the same site, each request is asked where it comes from.
import { login, logout, type OutputOf, refresh } from '@deliveryflow/contracts'
import { Rejection, reject } from '@deliveryflow/kit'
import type { Context } from 'koa'
import type { Gateway, Handler } from './handler.ts'

const cookie = 'refresh_token'

export const handleStartSession: Handler<'startSession'> = async ({ body, http }, gateway) => {
  if (comesFromElsewhere(http)) return crossOrigin()
  // A wrong password changes nothing: the cookie of another tab's session stays.
  return kept(await gateway.call(login, body), http, gateway)
}

export const handleRenewSession: Handler<'renewSession'> = async ({ http }, gateway) => {
  if (comesFromElsewhere(http)) return crossOrigin()
  const token = tokenOf(http)
  const answer = token ? await kept(await gateway.call(refresh, token), http, gateway) : noSession()
  if (answer instanceof Rejection && answer.status === 401) setCookie(http, gateway, '', 0)
  return answer
}

export const handleEndSession: Handler<'endSession'> = async ({ http }, gateway) => {
  if (comesFromElsewhere(http)) return crossOrigin()
  const token = tokenOf(http)
  const answer = token ? await gateway.call(logout, token) : {}
  // While identity is away the cookie stays: without it the session could not be ended any more.
  if (!(answer instanceof Rejection)) setCookie(http, gateway, '', 0)
  return answer
}

/**
 * Whether a request was made by a page of another origin: by Sec-Fetch-Site, which no page can set, or by the Origin that
 * browsers without it send (OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata"). By its host alone: behind a
 * proxy that does not say so the gateway does not know of https. A request with neither is no browser's; one that carries
 * the cookie all the same is refused, for a very old browser would look alike.
 */
const comesFromElsewhere = (http: Context): boolean => {
  const site = http.get('Sec-Fetch-Site')
  if (site !== '') return site !== 'same-origin' && site !== 'none'
  const origin = http.get('Origin')
  if (origin !== '') return !URL.canParse(origin) || new URL(origin).host !== http.host
  return http.cookies.get(cookie) !== undefined
}

/** The refresh token of the cookie; undefined when there is none or it cannot be one. */
const tokenOf = (http: Context) => refresh.input.safeParse({ refresh_token: http.cookies.get(cookie) }).data

/** Keeps the refresh token in the cookie and answers the rest. */
const kept = (tokens: OutputOf<typeof login> | Rejection, http: Context, gateway: Gateway) => {
  if (tokens instanceof Rejection) return tokens
  const { refresh_token, refresh_expires_in, ...access } = tokens
  setCookie(http, gateway, refresh_token, refresh_expires_in)
  return access
}

/**
 * Sets the cookie for so many seconds: 0 removes it, undefined keeps it as long as the browser runs. Written here, since
 * Koa's own says only Expires, by which a browser whose clock is wrong would forget it.
 */
const setCookie = (http: Context, { isHttps }: Gateway, value: string, seconds: number | undefined) =>
  http.append(
    'Set-Cookie',
    [
      `${cookie}=${value}`,
      'Path=/api/session',
      ...(seconds === undefined ? [] : [`Max-Age=${seconds}`]),
      'HttpOnly',
      'SameSite=Strict',
      ...(isHttps(http) ? ['Secure'] : []),
    ].join('; '),
  )

const noSession = () => reject('unauthenticated', 'Sign in with POST /api/session: no cookie of a session came along.')
const crossOrigin = () =>
  reject('cross_origin', 'Sessions with a cookie are for pages of this origin; other clients use POST /api/auth/login.')
