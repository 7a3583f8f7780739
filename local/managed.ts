// One backend process that can be killed, stopped and started again on the same data; what it runs is its maker's concern.
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'
import type { Child, Processes, Program } from './processes.ts'

export type ManagedProcess = {
  readonly name: string
  /** Undefined while it does not run. */
  readonly pid: number | undefined
  /** Starts it and resolves once it answers. Nothing happens when it runs already. Throws BackendError when it cannot. */
  start(): Promise<void>
  /** Ends it in its own orderly way. */
  stop(): Promise<void>
  /** SIGKILL, to its children too; resolves when all are gone. */
  kill(): Promise<void>
}

/**
 * A process that is started by `start()`: `prepare` runs before each start, `answers` is tried until it no longer throws,
 * for a minute and a half: recovery after a kill replays PostgreSQL's log, and machines can be slow.
 */
export function managedProcess(options: {
  processes: Processes
  program: Program
  prepare?: () => Promise<void>
  answers: () => Promise<void>
}): ManagedProcess {
  const { processes, program, prepare, answers } = options
  let child: Child | undefined
  return {
    name: program.name,
    get pid() {
      return child?.alive() ? child.pid : undefined
    },
    async start() {
      if (child?.alive()) return
      await prepare?.()
      child = await processes.start(program)
      await untilAnswers(child, answers)
    },
    async stop() {
      await child?.stop()
    },
    async kill() {
      await child?.kill()
    },
  }
}

const patience = 90_000

async function untilAnswers(child: Child, answers: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + patience
  for (;;) {
    try {
      await answers()
      return
    } catch (error) {
      if (!child.alive()) {
        const why = `it ended with ${await child.exited}; its last lines: ${child.lastLines().join(' / ')}`
        throw new BackendError(`${child.name} did not start`, why, 'Put right what it says, then start again.')
      }
      if (Date.now() > deadline) {
        const why = `no answer after ${patience / 1000} s (${reasonOf(error)}); its last lines: ${child.lastLines().join(' / ')}`
        throw new BackendError(
          `${child.name} does not answer`,
          why,
          'See its log; if its data is damaged, start with --fresh.',
        )
      }
      await sleep(50)
    }
  }
}

/** A backend that a setting in the environment names: it runs already, and is not ours to end or start. */
export function externalProcess(name: string, setting: string): ManagedProcess {
  const refuse = (verb: string) => async () => {
    throw new BackendError(
      `Cannot ${verb} ${name}`,
      `it is an external server, from ${setting}`,
      `Unset ${setting} to run one here.`,
    )
  }
  return { name, pid: undefined, start: async () => {}, stop: refuse('stop'), kill: refuse('kill') }
}
