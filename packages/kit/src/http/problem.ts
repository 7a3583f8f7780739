// Refusals and failures over HTTP: RFC 9457 problem documents with the headers that belong to them. Which refusal, is others'.
import { type ProblemCode, type ProblemDocument, problems } from '@deliveryflow/contracts'
import { HttpError, type Middleware, type ParameterizedContext } from 'koa'
import { problemOf, type Rejection, reject } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'

/** Seconds after which to ask again, where the refusal itself does not say it as `retry_after`. */
const retryAfter: Partial<Record<ProblemCode, number>> = { too_many_requests: 10, unavailable: 2 }

/** The problem document of a refusal. `instance`: the path that was asked for. */
export const problemDocumentOf = ({ code, detail, extra }: Rejection, instance: string): ProblemDocument => {
  const { status, title } = problems[code]
  const standard = { type: `/problems/${code}`, title, status, detail, instance, code }
  // The second time so that no extra takes a standard member's place; the first for the order of reading.
  return { ...standard, ...extra, ...standard }
}

/** Answers with a refusal; 401 says how to sign in (RFC 9110, 15.5.2), 429 and 503 when to ask again. */
export const sendProblem = (http: ParameterizedContext, rejection: Rejection): void => {
  const { code, status, extra } = rejection
  http.status = status
  http.set('Content-Type', 'application/problem+json')
  http.set('Cache-Control', 'no-store')
  if (status === 401 && !http.response.get('WWW-Authenticate')) {
    http.set('WWW-Authenticate', 'Bearer realm="deliveryflow"')
  }
  const seconds = typeof extra.retry_after === 'number' ? extra.retry_after : retryAfter[code]
  if (seconds !== undefined) http.set('Retry-After', String(Math.ceil(seconds)))
  http.body = problemDocumentOf(rejection, http.path)
}

/**
 * Turns whatever is thrown below, and what nothing below answers, into a problem document. Each answer of 500 and above
 * leaves one log line; the inside of an error goes there and nowhere else.
 */
export const answerProblems =
  (log: Log): Middleware =>
  async (http, next) => {
    let failure: unknown
    try {
      await next()
      const unanswered = http.body === undefined ? codeOfStatus[http.status] : undefined
      if (unanswered) sendProblem(http, reject(unanswered, unansweredDetail(unanswered, http.method, http.path)))
    } catch (error) {
      failure = error
      sendProblem(http, rejectionOf(error))
    }
    if (http.status < 500) return
    const { code, detail } = (http.body ?? {}) as Partial<ProblemDocument>
    log[code === 'internal' ? 'error' : 'warn'](
      {
        err: failure,
        method: http.method,
        path: http.path,
        status: http.status,
        code,
        request_id: http.state.request_id,
      },
      `a request failed: ${detail ?? http.message}`,
    )
  }

/** The codes of what Koa and its router say by a bare status. */
const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  501: 'method_not_allowed',
}

const unansweredDetail = (code: ProblemCode, method: string, path: string) =>
  code === 'not_found' ? `Nothing is at ${path}.` : `${path} does not offer ${method}; see the header Allow.`

const rejectionOf = (error: unknown): Rejection => {
  if (!(error instanceof HttpError) || error.status >= 500) return problemOf(error)
  return reject(
    codeOfStatus[error.status] ?? 'invalid_request',
    error.expose ? error.message : 'The request is not valid.',
  )
}
