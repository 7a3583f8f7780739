// Tells dfctl where a local run is reached: a file in its data folder that exists while it runs. Only its owner may read it.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { databases } from '@deliveryflow/contracts'
import type { Backends } from './backends.ts'
import { natsAdmin } from './nats-configuration.ts'

/** Writes `running.json` and returns what removes it. dfctl's local.ts reads it. */
export const noteRunning = (
  dir: string,
  run: { url: string; admin: { email: string; password: string }; backends: Backends },
): (() => void) => {
  const { nats, postgres, redis, mongo, mail } = run.backends
  const path = join(dir, 'running.json')
  const running = {
    pid: process.pid,
    http_url: run.url,
    admin: run.admin,
    nats: {
      ...nats.user(natsAdmin),
      monitors: Object.fromEntries(nats.nodes.map((node) => [node.name, node.monitor_url])),
    },
    databases: Object.fromEntries(databases.map((name) => [name, postgres.url(name)])),
    redis_url: redis.url,
    mongodb_url: mongo.url,
    mail_url: mail.page_url ?? null,
  }
  writeFileSync(path, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 })
  return () => rmSync(path, { force: true })
}
