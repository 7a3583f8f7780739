// Systems for tests: how one is started, described, and handed from the test run to its files.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databases } from '@deliveryflow/contracts'
import { type System, type SystemOptions, startSystem } from '@deliveryflow/local/system'

/** What a test must know to use a running system. */
export type TestSystem = {
  /** Its data folder, for dfctl --local-folder; an installation on a cluster has none. */
  dir?: string
  url: string
  admin: { email: string; password: string }
  mail_page_url: string
  nats: { servers: string[]; user: string; pass: string }
  /** Each service's database, for the invariants that no API shows. */
  databases: Record<string, string>
}

/** Limits that would only slow a test down, and a courier who walks fast enough to wait for. */
export const testSettings = {
  LOG_LEVEL: 'warn',
  DELIVERY__SIMULATOR_STEP_MS: '1000',
  AUDIT__ARCHIVE_SECONDS: '5',
  AUDIT__CHECKPOINT_SECONDS: '5',
  API_GATEWAY__RATE_LIMIT_PER_MINUTE: '1000000',
  API_GATEWAY__RATE_LIMIT_AUTH_PER_MINUTE: '1000000',
}

/** Starts a system on free ports whose data go with `stop`. */
export const startTestSystem = async (options: Pick<SystemOptions, 'each' | 'settings'> = {}): Promise<System> => {
  const dir = mkdtempSync(join(tmpdir(), 'deliveryflow-test-'))
  const system = await startSystem({
    dir,
    ports: 'free',
    http_port: 'free',
    each: options.each ?? false,
    settings: { ...testSettings, ...options.settings },
    report: () => undefined,
  })
  return {
    ...system,
    stop: async () => {
      await system.stop({ discard: true })
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const variable = 'DF_TEST_SYSTEM'

export const describeSystem = ({ dir, url, admin, backends }: System): TestSystem => ({
  dir,
  url,
  admin,
  mail_page_url: backends.mail.page_url ?? '',
  nats: backends.nats.user('admin'),
  databases: Object.fromEntries(databases.map((name) => [name, backends.postgres.url(name)])),
})

/** The environment by which a test run hands its system to the test files. */
export const systemEnvironment = (system: TestSystem) => ({ [variable]: JSON.stringify(system) })

/** The system that this process was handed, or null when it must start its own. */
export const handedSystem = (): TestSystem | null => {
  const given = process.env[variable]
  return given ? (JSON.parse(given) satisfies TestSystem) : null
}
