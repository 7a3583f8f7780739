// Child processes that never outlive this one: each leads its own process group (so Ctrl-C reaches only us and we stop
// them in order) and is known to a watchdog, which ends them when we are gone. What they are is left to others.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'
import { childrenOf, identityOf } from './process-table.ts'

/** How to start a program: under which name it is reported and logged, as whom it runs, which signal stops it well. */
export type Program = {
  name: string
  command: string
  args: string[]
  cwd?: string
  env?: Record<string, string | undefined>
  account?: { uid: number; gid: number } | undefined
  stop_signal?: NodeJS.Signals
}

/** How a child ended that nobody had asked to end. */
export type UnexpectedExit = { name: string; pid: number; reason: string; last_lines: string[] }

export type Child = {
  readonly name: string
  readonly pid: number
  alive(): boolean
  exited: Promise<string>
  /** Asks it to end and waits; after 15 s it is killed. */
  stop(): Promise<void>
  /** SIGKILL to it and its children; resolves when all of them are gone. */
  kill(): Promise<void>
  /** The end of its log. */
  lastLines(): string[]
}

export type Processes = Awaited<ReturnType<typeof openProcesses>>

const logLimit = 20 * 1024 * 1024

/** Opens a group of child processes with its watchdog; each child writes to `<logs>/<name>.log`. */
export async function openProcesses(logs: string) {
  if (process.platform === 'win32') {
    throw new BackendError('Cannot start backends', 'this is Windows', 'Run the same command inside WSL.')
  }
  mkdirSync(logs, { recursive: true })
  const watchdog = spawn('sh', [fileURLToPath(new URL('watchdog.sh', import.meta.url))], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  await once(watchdog, 'spawn')
  watchdog.stdin.on('error', () => {}) // it was killed: we still stop our children ourselves
  const watchdogGone = once(watchdog, 'exit')
  const children = new Set<Child>()
  const listeners = new Set<(exit: UnexpectedExit) => void>()
  let closed = false

  /** Starts a program that is meant to run until it is stopped. Throws BackendError when it cannot be executed. */
  async function start(program: Program): Promise<Child> {
    requireOpen()
    const log = join(logs, `${program.name}.log`)
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logLimit) renameSync(log, `${log}.old`)
    const output = openSync(log, 'a')
    let child: ChildProcess
    try {
      child = spawn(program.command, program.args, { ...spawnOptions(program), stdio: ['ignore', output, output] })
      await registered(child, program)
    } catch (error) {
      throw new BackendError(
        `Cannot execute ${program.command} for ${program.name}`,
        reasonOf(error),
        'Check that the file exists and may be executed.',
      )
    } finally {
      closeSync(output)
    }
    return supervise(child, program, log)
  }

  function supervise(child: ChildProcess, program: Program, log: string): Child {
    const pid = pidOf(child)
    let asked = false
    const exited = once(child, 'exit').then(([code, signal]) => {
      forget(pid)
      children.delete(handle)
      const reason = signal === null ? `exit code ${code}` : `signal ${signal}`
      if (!asked) {
        for (const tell of listeners) tell({ name: program.name, pid, reason, last_lines: handle.lastLines() })
      }
      return reason
    })
    const handle: Child = {
      name: program.name,
      pid,
      exited,
      alive: () => child.exitCode === null && child.signalCode === null,
      async stop() {
        if (!handle.alive()) return
        asked = true
        child.kill(program.stop_signal ?? 'SIGTERM')
        const late = new AbortController()
        await Promise.race([exited, sleep(15_000, undefined, { signal: late.signal }).catch(() => {})])
        late.abort()
        await handle.kill()
      },
      async kill() {
        if (!handle.alive()) return
        asked = true
        const family = childrenOf(pid).map((member) => ({ pid: member, identity: identityOf(member) }))
        child.kill('SIGKILL')
        for (const member of family) signalQuietly(member.pid, 'SIGKILL')
        await exited
        while (family.some((member) => member.identity !== undefined && identityOf(member.pid) === member.identity)) {
          await sleep(10)
        }
      },
      lastLines: () => tail(log),
    }
    children.add(handle)
    return handle
  }

  /**
   * Runs a program to its end and returns what it printed on both outputs. Throws an Error with its last lines when it
   * fails. `finish`: it must not be cut off when we end (a package installation).
   */
  async function run(program: Omit<Program, 'name'>, options: { finish?: boolean } = {}): Promise<string> {
    requireOpen()
    const child = spawn(program.command, program.args, { ...spawnOptions(program), stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    if (options.finish) await once(child, 'spawn')
    else await registered(child, program)
    const oneOff = { stop: async () => void signalQuietly(-pidOf(child), 'SIGTERM') } // a compiler has children of its own
    if (!options.finish) oneOffs.add(oneOff)
    const [code] = await once(child, 'close')
    oneOffs.delete(oneOff)
    if (!options.finish) forget(pidOf(child))
    const output = Buffer.concat(chunks).toString('utf8')
    if (code === 0) return output
    const end = output.trim().split('\n').slice(-4).join(' / ').slice(-600)
    throw new Error(`${[program.command, ...program.args].join(' ')} failed (${code ?? 'killed'}): ${end}`)
  }
  const oneOffs = new Set<{ stop(): Promise<void> }>()

  function requireOpen() {
    if (closed) throw new Error('stopping: no further program is started')
  }
  async function registered(child: ChildProcess, program: Omit<Program, 'name'>) {
    // Written in the same turn as the spawn, so that no child is unknown to the watchdog for longer than that.
    if (child.pid !== undefined) watchdog.stdin.write(`+ ${child.pid} ${(program.stop_signal ?? 'SIGTERM').slice(3)}\n`)
    await once(child, 'spawn')
  }
  function forget(pid: number) {
    if (watchdog.stdin.writable) watchdog.stdin.write(`- ${pid}\n`)
  }

  return {
    start,
    run,
    watchdog_pid: pidOf(watchdog),
    /** Whether `stop` has been called. */
    closing: () => closed,
    /** Tells of each child that ends without having been asked to. */
    onExit(listener: (exit: UnexpectedExit) => void) {
      listeners.add(listener)
    },
    /** Stops every child at once, then the watchdog. */
    async stop() {
      closed = true
      await Promise.all([...children, ...oneOffs].map((child) => child.stop()))
      watchdog.stdin.end()
      await watchdogGone
    },
  }
}

function spawnOptions(program: Omit<Program, 'name'>) {
  return {
    detached: true,
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    env: { ...process.env, ...program.env },
    ...program.account,
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process was never started')
  return child.pid
}

function signalQuietly(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between.
  }
}

function tail(log: string): string[] {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-5)
  } catch {
    return []
  }
}
