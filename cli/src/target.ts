// What dfctl aims at: an installation on a cluster, or the run of `npm start` on this machine. Commands cannot tell which.
import type { NatsConnection } from '@nats-io/transport-node'
import type { Globals } from './options.ts'

/** One installation. Connections are made when first asked for, and closed with it. */
export type Target = {
  readonly kind: 'cluster' | 'local'
  /** For people: where this is. */
  readonly label: string
  /** Base URL of the HTTP API, without a slash at its end. */
  http(): Promise<string>
  /** The administrator's account. */
  admin(): Promise<{ email: string; password: string }>
  /** NATS as `admin`, the user that may do everything in the application's account. */
  nats(): Promise<NatsConnection>
  /** Monitoring addresses of the NATS servers by their names. */
  natsMonitors(): Promise<Map<string, string>>
  /** URL of the PostgreSQL database of this name. */
  database(name: string): Promise<string>
  redis(): Promise<string>
  mongodb(): Promise<string>
  /** The page with the letters that the catcher caught. */
  mail(): Promise<string>
  close(): Promise<void>
}

/** Opens what the options aim at. Throws a Failure that says what to do when it is not there. */
export const openTarget = async (globals: Globals): Promise<Target> => {
  if (globals.local !== undefined) {
    const { folderOf, openLocal } = await import('./local.ts')
    return openLocal(folderOf(globals))
  }
  const { openCluster } = await import('./cluster/target.ts')
  return openCluster(globals)
}

/** Runs something on what the options aim at, and closes it whatever happens. */
export const withTarget = async <T>(globals: Globals, work: (target: Target) => Promise<T>): Promise<T> => {
  const target = await openTarget(globals)
  try {
    return await work(target)
  } finally {
    await target.close()
  }
}
