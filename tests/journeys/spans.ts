// Takes in the traces of a system, as a collector does (OTLP over HTTP, as JSON), and finds what a span is part of.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

type Span = { spanId: string; parentSpanId?: string; name: string; kind: number }
type Export = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }

/** Of SpanKind, as OTLP numbers it. */
const server = 2

export type Spans = {
  /** What a service needs in its environment to send its spans here, soon after they ended. */
  readonly environment: Record<string, string>
  /**
   * What the span of a traceparent is part of: the nearest answer to a question or a request around it, by the span id of who asked
   * (undefined where the asker was not traced), or the handling of a message, by the span id in that message. Null while its spans have not all come.
   */
  originOf(traceparent: string | undefined): Origin | null
  close(): Promise<void>
}

export type Origin =
  | { readonly kind: 'answer'; readonly name: string; readonly asker: string | undefined }
  | { readonly kind: 'handling'; readonly message: string | undefined }
  | { readonly kind: 'none' }

/** The span id in a W3C traceparent. */
export const spanIdOf = (traceparent: string | undefined): string | undefined => traceparent?.split('-')[2]

/** Starts to take in spans, on a free port. */
export const collectSpans = async (): Promise<Spans> => {
  const spans = new Map<string, Span>()
  const collector = createServer(async (request, response) => {
    const { resourceSpans } = (await json(request)) as Export
    for (const { scopeSpans } of resourceSpans)
      for (const scope of scopeSpans) for (const span of scope.spans) spans.set(span.spanId, span)
    response.setHeader('content-type', 'application/json').end('{}')
  })
  collector.listen(0, '127.0.0.1')
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  return {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
    originOf: (traceparent) => {
      for (let id = spanIdOf(traceparent); id; ) {
        const span = spans.get(id)
        if (!span) return null
        const parent = span.parentSpanId || undefined
        if (span.kind === server) return { kind: 'answer', name: span.name, asker: parent }
        if (span.name.startsWith('process ')) return { kind: 'handling', message: parent }
        id = parent
      }
      return { kind: 'none' }
    },
    close: async () => {
      collector.close()
      collector.closeAllConnections()
    },
  }
}
