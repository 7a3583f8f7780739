// Metrics under OpenTelemetry's names, read by Prometheus at /metrics.
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

// Made here and not by the SDK's start: a meter that exists before its provider would never report.
const reader = new PrometheusExporter({ preventServerStart: true })
const meter = new MeterProvider({ readers: [reader] }).getMeter('deliveryflow')
const serializer = new PrometheusSerializer()

/** All metrics of this process in Prometheus' text format. */
export const metricsText = async (): Promise<string> => {
  const { resourceMetrics } = await reader.collect()
  return serializer.serialize(resourceMetrics)
}

const seconds = {
  unit: 's',
  advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] },
}

/** Messages settled, by service, stream and outcome (handled, retried, buried). */
export const messagesHandled = meter.createCounter('messaging.process.messages', {
  description: 'Messages settled, by outcome',
})

/** Seconds a batch took, from its first statement to its commit. */
export const batchDuration = meter.createHistogram('messaging.process.duration', {
  description: 'Time to handle one batch',
  ...seconds,
})

/** Messages put into their stream, by service. */
export const messagesPublished = meter.createCounter('messaging.publish.messages', {
  description: 'Messages put into their stream',
})

/** Seconds a call took, seen by the service that answered. */
export const rpcDuration = meter.createHistogram('rpc.server.duration', {
  description: 'Time to answer one call',
  ...seconds,
})

/** Seconds a request took, seen by the gateway. */
export const httpDuration = meter.createHistogram('http.server.request.duration', {
  description: 'Time to answer one request',
  ...seconds,
})
