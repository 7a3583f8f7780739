// Traces through HTTP, NATS and SQL by OpenTelemetry. Without an exporter configured every call here costs next to nothing.
import { type Attributes, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('deliveryflow')

/** Runs work within a span of this name; an error is recorded and passed on. */
export const traced = async <T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  options: { kind?: SpanKind; parent?: string | undefined } = {},
): Promise<T> => {
  const parent = options.parent === undefined ? context.active() : contextOf(options.parent)
  return tracer.startActiveSpan(name, { attributes, kind: options.kind ?? SpanKind.INTERNAL }, parent, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error))
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/**
 * Runs the handling of a batch under one span, and gives each message a span of its own in the trace it came from: so one
 * trace goes on from message to message, however they were batched. Returns the traceparent that goes on from each message.
 */
export const continued = (name: string, parents: readonly (string | undefined)[]) => {
  const spans = parents.map((parent) =>
    parent === undefined ? undefined : tracer.startSpan(name, { kind: SpanKind.CONSUMER }, contextOf(parent)),
  )
  return {
    traceparents: spans.map((span, index) => (span?.isRecording() ? traceparentOf(span) : parents[index])),
    end: () => {
      for (const span of spans) span?.end()
    },
  }
}

/** The W3C traceparent of the running span, when there is one. */
export const currentTraceparent = (): string | undefined => {
  const carrier: Record<string, string> = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** The ids that tie a log line to its trace. */
export const currentTraceIds = (): Record<string, string> => {
  const span = trace.getActiveSpan()
  if (!span) return {}
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}

const contextOf = (traceparent: string) => propagation.extract(context.active(), { traceparent })

const traceparentOf = (span: Span): string | undefined => {
  const carrier: Record<string, string> = {}
  propagation.inject(trace.setSpan(context.active(), span), carrier)
  return carrier.traceparent
}
