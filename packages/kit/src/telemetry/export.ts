// Sends traces to an OpenTelemetry collector when one is named in the environment; otherwise does nothing.

/**
 * Starts the export of traces when OTEL_EXPORTER_OTLP_ENDPOINT is set (all OTEL_* variables are the SDK's own). To be
 * called before any service starts; the returned function sends what is left.
 */
export const exportTraces = async (name: string, environment: NodeJS.ProcessEnv): Promise<() => Promise<void>> => {
  if (!environment.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => undefined
  // Loaded only when asked for: it is the slowest of all imports.
  const { NodeSDK } = await import('@opentelemetry/sdk-node')
  const sdk = new NodeSDK({ serviceName: environment.OTEL_SERVICE_NAME ?? name, autoDetectResources: false })
  sdk.start()
  return () => sdk.shutdown()
}
