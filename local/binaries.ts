// Finds the program of a backend: tries its sources in order, says which one it took, or names all that failed and why.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'
import type { Processes } from './processes.ts'

/** A program that was tried and runs. `origin` says for people where it came from. */
export type Binary = { path: string; version: string; origin: string }

/** One place to look for a program, or one way to get it. `find` throws an Error with the reason when it is not there. */
export type Source = { label: string; find(): Promise<{ path: string; version: string }> }

/** What sources need: where to run programs, where to tell people. */
export type Workshop = { processes: Processes; report(line: string): void }

/** The first of `sources` that has the program. Throws BackendError that names each one tried and `todo`. */
export async function findBinary(name: string, sources: Source[], todo: string, shop: Workshop): Promise<Binary> {
  const tried: string[] = []
  for (const source of sources) {
    try {
      const found = await source.find()
      shop.report(`${name}: ${found.version}, ${source.label} (${found.path})`)
      return { ...found, origin: source.label }
    } catch (error) {
      if (shop.processes.closing()) break // another backend has failed, and with it the start
      tried.push(`${source.label}: ${reasonOf(error)}`)
    }
  }
  throw new BackendError(`No ${name} to start`, `tried ${tried.join('; ')}`, todo)
}

/** Where what was downloaded or built is kept for all clones: $XDG_CACHE_HOME/deliveryflow, by default ~/.cache. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'deliveryflow')
}

/**
 * Puts a file or folder into the cache under `name` in one step, so that two first runs at once do not meet half of one:
 * `make` gets a scratch folder of its own and returns the path in it of what is to be kept. Returns the cached path.
 */
export async function addToCache(
  name: string,
  make: (scratch: string) => Promise<string>,
  root = cacheFolder(),
): Promise<string> {
  mkdirSync(root, { recursive: true })
  for (const left of readdirSync(root).filter((entry) => entry.startsWith('.new-'))) {
    // Of a run that was killed; a living one needs minutes at most.
    const age = Date.now() - (statSync(join(root, left), { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > 3_600_000) rmSync(join(root, left), { recursive: true, force: true })
  }
  const scratch = mkdtempSync(join(root, '.new-'))
  const path = join(root, name)
  try {
    const made = await make(scratch)
    try {
      renameSync(made, path)
    } catch (error) {
      // A folder cannot replace one that another run has put there in the meantime: that one is as good.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY')) throw error
    }
    return path
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Asks a program for its version: the first group of `pattern` in what it prints. Throws when there is none. */
export async function versionOf(processes: Processes, path: string, pattern: RegExp): Promise<string> {
  const printed = await processes.run({ command: path, args: ['--version'] })
  const version = pattern.exec(printed)?.[1]
  if (version === undefined) throw new Error(`${path} --version printed "${printed.trim().slice(0, 100)}"`)
  return version
}
