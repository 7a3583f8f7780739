// Runs services in this process: `node services/main.ts order`, several names, or `--all`; without any, the one that SERVICE in the
// environment names, as images do. Stops cleanly at SIGTERM and SIGINT.
import { parseArgs } from 'node:util'
import { type Health, listen, probes, type RunningService, runService } from '@deliveryflow/kit'
import { exportTraces } from '@deliveryflow/kit/telemetry/export'
import Koa from 'koa'
import manifest from './package.json' with { type: 'json' }
import { namesOf, registry } from './registry.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })

const running: RunningService[] = []
const closing: (() => Promise<void>)[] = []
let ready = false

const stop = async () => {
  ready = false
  await Promise.all(running.splice(0).map((service) => service.stop()))
  for (const close of closing.splice(0)) await close()
}

/** Every dependency of every service; one that is still starting or stopping makes the process unready. */
const health = async (): Promise<Health> => {
  const all: Health = { services: ready ? 'ok' : 'starting or stopping' }
  for (const service of running) {
    for (const [dependency, state] of Object.entries(await service.health()))
      all[`${service.name} ${dependency}`] = state
  }
  return all
}

try {
  const named = positionals.length === 0 && process.env.SERVICE ? [process.env.SERVICE] : positionals
  const names = namesOf(values.all ? Object.keys(registry) : named)
  closing.push(await exportTraces(names.join(','), process.env))
  const end = () => void stop().then(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  // HEALTH_PORT: where Kubernetes and Prometheus ask this process. Without it there is nobody to ask.
  if (process.env.HEALTH_PORT) {
    const app = new Koa().use(probes({ health }))
    const listening = await listen(app, {
      port: Number(process.env.HEALTH_PORT),
      host: '0.0.0.0',
      setting: 'HEALTH_PORT',
      grace_ms: 1000,
    })
    closing.push(listening.close)
  }
  const loaded = await Promise.all(names.map((name) => registry[name]()))
  const started = await Promise.allSettled(
    loaded.map(async ({ default: service }) => running.push(await runService(service, { version: manifest.version }))),
  )
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  ready = true
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  await stop()
  process.exit(1)
}
