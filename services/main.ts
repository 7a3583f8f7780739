// Runs services in this process: `node services/main.ts order`, several names, or `--all`. Stops cleanly at SIGTERM and SIGINT.
import { parseArgs } from 'node:util'
import { type RunningService, runService } from '@deliveryflow/kit'
import { exportTraces } from '@deliveryflow/kit/telemetry/export'
import { namesOf, registry } from './registry.ts'

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })

const fail = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

const running: RunningService[] = []
const stop = async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()))
}

try {
  const names = values.all ? namesOf(Object.keys(registry)) : namesOf(positionals)
  const flush = await exportTraces(names.join(','), process.env)
  let stopping = false
  const end = async () => {
    if (stopping) return
    stopping = true
    await stop()
    await flush()
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  const loaded = await Promise.all(names.map((name) => registry[name]()))
  // One after the other where one waits for another would only be slower: no service needs another to start.
  const started = await Promise.allSettled(
    loaded.map(async ({ default: service }) => running.push(await runService(service))),
  )
  const failed = started.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
} catch (error) {
  await stop()
  fail(error)
}
