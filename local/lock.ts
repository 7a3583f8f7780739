// Only one set of backends on a folder at a time: a lock file that names its holder, so that a stale one is recognised.
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackendError } from './backend-error.ts'
import { identityOf } from './process-table.ts'

type Holder = { pid: number; identity: string | undefined; watchdog?: { pid: number; identity: string | undefined } }

export type Lock = {
  /** Notes the watchdog, so that a later start waits for it to have ended our children should we be killed. */
  setWatchdog(pid: number): void
  release(): void
}

/**
 * Takes the lock of a folder. When its holder was killed, waits for that one's children to be ended by their watchdog.
 * Throws BackendError when a living process holds it.
 */
export async function lock(dir: string, report: (line: string) => void): Promise<Lock> {
  const path = join(dir, 'lock.json')
  const own: Holder = { pid: process.pid, identity: identityOf(process.pid) }
  for (;;) {
    if (create(path, own)) break
    const holder = read(path)
    if (holder !== undefined && lives(holder)) {
      throw new BackendError(
        `${dir} is in use`,
        `process ${holder.pid} runs its backends on it`,
        `Stop that one first (Ctrl-C where it runs, or kill ${holder.pid}), or use another folder.`,
      )
    }
    if (holder?.watchdog && lives(holder.watchdog)) {
      report('The previous run was killed: waiting for its backends to end …')
      while (lives(holder.watchdog)) await sleep(50)
    }
    rmSync(path, { force: true })
  }
  let released = false
  return {
    setWatchdog(pid) {
      writeFileSync(path, JSON.stringify({ ...own, watchdog: { pid, identity: identityOf(pid) } } satisfies Holder))
    },
    release() {
      // A second release must not take the lock from whoever holds it by then.
      if (!released) rmSync(path, { force: true })
      released = true
    },
  }
}

/** Creates the file with its content in one step: an empty lock is never seen. */
function create(path: string, holder: Holder): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) satisfies Holder
  } catch {
    return undefined // released in this moment, or torn by a crash of the machine: stale either way
  }
}

function lives(holder: { pid: number; identity: string | undefined }): boolean {
  return holder.identity !== undefined && identityOf(holder.pid) === holder.identity
}
