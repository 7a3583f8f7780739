// The bench's hold on its load generator: starts the process, has it run steps, ends it.
import { fork } from 'node:child_process'
import { on, once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromGenerator, Step, StepResult, Target, ToGenerator } from './messages.ts'

export type Driver = {
  readonly pid: number
  /** Runs one step. `sent` is called when its last order was sent. Throws when the generator fails. */
  run(step: Step, sent?: () => void): Promise<StepResult>
  stop(): Promise<void>
}

/** Starts a load generator aimed at `target`. */
export const startDriver = async (target: Target): Promise<Driver> => {
  const child = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), {
    env: { ...process.env, NODE_NO_WARNINGS: '1', NODE_OPTIONS: '' },
    serialization: 'advanced', // JSON has no Infinity
  })
  if (child.pid === undefined) throw new Error('the load generator could not be started')
  const ask = async <T>(message: ToGenerator, answer: (heard: FromGenerator) => T | undefined): Promise<T> => {
    const ended = new AbortController()
    child.once('exit', () => ended.abort(new Error('the load generator ended')))
    const messages = on(child, 'message', { signal: ended.signal })
    child.send(message)
    for await (const [heard] of messages as AsyncIterable<[FromGenerator]>) {
      if (heard.type === 'failed') throw new Error(`the load generator failed: ${heard.reason}`)
      const found = answer(heard)
      if (found !== undefined) return found
    }
    throw new Error('the load generator said nothing')
  }
  await ask({ type: 'aim', target }, ({ type }) => (type === 'ready' ? true : undefined))
  return {
    pid: child.pid,
    run: (step, sent) =>
      ask({ type: 'step', step }, (heard) => {
        if (heard.type === 'sent') sent?.()
        return heard.type === 'result' ? heard.result : undefined
      }),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
