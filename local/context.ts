// What each backend is given to start with; made once in backends.ts.
import type { Workshop } from './binaries.ts'
import type { Ports } from './ports.ts'
import type { Secrets } from './secrets.ts'

export type BackendContext = Workshop & {
  dir: string
  ports: Ports
  secret: Secrets
  /** Where NATS_URL, DATABASE_URL … of external servers come from. */
  environment: NodeJS.ProcessEnv
  /** The time since `started`, for people. */
  seconds(started: number): string
}
