// What every command that changes an installation opens first: the cluster, helm, the time it may take, and Ctrl-C.
import { type Cluster, openKubernetes } from '../cluster/client.ts'
import { Failure } from '../failure.ts'
import { interrupted } from '../interrupt.ts'
import type { Globals } from '../options.ts'
import { say } from '../terminal.ts'
import { type Helm, openHelm } from './helm.ts'

/** How much time is left, in whole seconds. Throws a Failure when there is none. */
export type Deadline = { seconds(): number }

/** `signal` is aborted by Ctrl-C. */
export type Installer = { cluster: Cluster; helm: Helm; signal: AbortSignal; deadline: Deadline }

/** Opens all that and runs `work` with it. Throws a usage Failure for a local run, `refused` without helm. */
export const withInstaller = async <T>(globals: Globals, work: (installer: Installer) => Promise<T>): Promise<T> => {
  if (globals.local !== undefined) {
    throw new Failure('usage', 'This is for a cluster: a local run has no releases', {
      next: 'Start and stop a local run with npm start and Ctrl-C.',
    })
  }
  const cluster = openKubernetes(globals)
  const helm = await openHelm(globals)
  const signal = interrupted()
  signal.addEventListener('abort', () => say('\nInterrupted: ending in order. Press Ctrl-C again to end at once.'))
  return work({ cluster, helm, signal, deadline: deadlineIn(globals.timeout) })
}

const deadlineIn = (timeout_ms: number): Deadline => {
  const end = Date.now() + timeout_ms
  return {
    seconds: () => {
      const left = Math.ceil((end - Date.now()) / 1000)
      if (left > 0) return left
      throw new Failure('failed', `It took longer than the ${timeout_ms / 1000} s of --timeout`, {
        next: 'Run the same command again, with a longer --timeout if need be: it continues.',
      })
    },
  }
}
