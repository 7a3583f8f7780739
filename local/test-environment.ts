// How a test run hands its backends to the test files: through one variable of the environment.
import type { Backends } from './backends.ts'

/** What a test must know to reach the backends. */
export type TestBackends = {
  nats_url: string
  nats_admin_password: string
  postgres_admin_url: string
  redis_url: string
  mongodb_url: string
  smtp_url: string
}

const variable = 'DF_TEST_BACKENDS'

/** What a test must know of backends that run. */
export const describeBackends = (backends: Backends): TestBackends => ({
  nats_url: backends.nats.urls.join(','),
  nats_admin_password: backends.nats.user('admin').pass,
  postgres_admin_url: backends.postgres.admin_url,
  redis_url: backends.redis.url,
  mongodb_url: backends.mongo.url,
  smtp_url: backends.mail.smtp_url,
})

/** The environment of a test file that is to use these backends. */
export const testEnvironment = (backends: TestBackends) => ({ [variable]: JSON.stringify(backends) })

/** The backends that this process was handed, or null when it must start its own. */
export const handedBackends = (): TestBackends | null => {
  const given = process.env[variable]
  return given ? (JSON.parse(given) satisfies TestBackends) : null
}
