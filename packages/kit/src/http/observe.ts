// Makes each request visible: an id, a span in the caller's trace, and its duration by route. It changes no answer.
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { Middleware } from 'koa'
import { v7 as uuidv7 } from 'uuid'
import { httpDuration } from '../telemetry/metrics.ts'
import { currentTraceparent, traced } from '../telemetry/tracing.ts'

const acceptableId = /^[\w.:-]{1,64}$/

/**
 * The outermost middleware of an API. Honours the W3C `traceparent` and `X-Request-Id` of the caller and answers with both.
 * The name of a route is what the router leaves in `state.route`: never the path itself, or each id would be a metric.
 */
export const observeRequests: Middleware = async (http, next) => {
  const started = performance.now()
  const { method } = http
  const given = http.get('X-Request-Id')
  const requestId = acceptableId.test(given) ? given : uuidv7()
  http.state.request_id = requestId
  http.set('X-Request-Id', requestId)
  await traced(
    method,
    { 'http.request.method': method, 'url.path': http.path },
    async (span) => {
      const traceparent = currentTraceparent()
      if (traceparent) http.set('traceparent', traceparent)
      await next()
      if (!span.isRecording()) return
      if (http.state.route)
        span.updateName(`${method} ${http.state.route}`).setAttribute('http.route', http.state.route)
      span.setAttribute('http.response.status_code', http.status)
      if (http.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
    },
    { kind: SpanKind.SERVER, parent: http.get('traceparent') || undefined },
  )
  httpDuration.record((performance.now() - started) / 1000, {
    'http.request.method': method,
    'http.response.status_code': http.status,
    ...(http.state.route && { 'http.route': http.state.route }),
  })
}
