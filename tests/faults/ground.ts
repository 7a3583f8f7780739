// The system that a test of faults may break: one of this machine's own, or an installation on a cluster when the run asks for that.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System, SystemOptions } from '@deliveryflow/local/system'
import { type Ended, dfctl as run } from '../../cli/src/testing.ts'
import { type Client, courier, signIn } from '../client.ts'
import { startClusterGround } from '../cluster/ground.ts'
import { describeSystem, startTestSystem, type TestSystem } from '../system.ts'

/** A system that a test may break, its administrator, and a courier who walks fast. */
export type Ground = {
  system: TestSystem
  admin: Client
  /** Where the reviews are. */
  mongodb: string
  /** Runs dfctl on this system. */
  dfctl(words: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>
  /** Kills a service, which has no time to end anything, and starts it again. */
  killAndStart(name: string): Promise<void>
  stop(): Promise<void>
}

/** One of this machine, with its processes and backends in reach. */
export type LocalGround = Ground & { running: System }

/** Deadlines so short that a test lives to see them pass. */
export const impatient = {
  SAGA__RESERVE_DEADLINE_MS: '6000',
  SAGA__COMMAND_DEADLINE_MS: '3000',
  SAGA__GRACE_MS: '2000',
}

/** The process of one service. */
export const processOf = ({ running }: Pick<LocalGround, 'running'>, name: string) => {
  const found = running.processes.get(name)
  assert.ok(found, `${name} runs in a process of its own`)
  return found
}

type Options = Pick<SystemOptions, 'each' | 'settings'>

/** Starts a system on this machine. */
export const startLocalGround = async ({ settings, each = false }: Options = {}): Promise<LocalGround> => {
  const running = await startTestSystem({ each, settings: { DELIVERY__SIMULATOR_STEP_MS: '100', ...settings } })
  const system = describeSystem(running)
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  await courier(admin)
  return {
    running,
    system,
    admin,
    mongodb: running.backends.mongo.url,
    dfctl: (words, environment) => run([...words, '--local-folder', running.dir], environment),
    killAndStart: async (name) => {
      const process = processOf({ running }, name)
      await process.kill()
      await sleep(300)
      await process.start()
    },
    stop: running.stop,
  }
}

/** Whether the run asks for a cluster: `npm run test:cluster faults`. */
export const onCluster = process.env.DF_TEST_GROUND === 'cluster'

/** Starts a system where the run asks for it. */
export const startGround = (options: Options): Promise<Ground> =>
  onCluster ? startClusterGround(options.settings ?? {}) : startLocalGround(options)
