// What Kubernetes and Prometheus ask a process: does it live, can it serve, how is it doing. Where to listen is listen.ts's.
import type { Middleware } from 'koa'
import { metricsText } from '../telemetry/metrics.ts'

/** Each dependency with `ok` or why it is not. */
export type Health = Record<string, string>

export type ProbeSources = {
  /** What work is impossible without: any of it not `ok` makes the process unready. */
  health(): Promise<Health>
  /** What is missed but can be done without: told, never a reason to be unready. */
  degraded?(): Health
}

/**
 * Answers GET /healthz (200 while the process runs at all), /readyz (200, or 503 with the reason for each dependency) and
 * /metrics (Prometheus' text format); passes everything else on.
 */
export const probes = ({ health, degraded = () => ({}) }: ProbeSources): Middleware => {
  const answers: Record<string, (http: Parameters<Middleware>[0]) => Promise<void>> = {
    '/healthz': async (http) => {
      http.body = { status: 'ok' }
    },
    '/readyz': async (http) => {
      const needed = await health()
      const ready = Object.values(needed).every((state) => state === 'ok')
      http.status = ready ? 200 : 503
      http.body = { status: ready ? 'ready' : 'not ready', checks: { ...degraded(), ...needed } }
    },
    '/metrics': async (http) => {
      http.type = 'text/plain; version=0.0.4; charset=utf-8'
      http.body = await metricsText()
    },
  }
  return (http, next) => {
    const answer = http.method === 'GET' || http.method === 'HEAD' ? answers[http.path] : undefined
    return answer ? answer(http) : next()
  }
}
