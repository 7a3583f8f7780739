// The web pages on this machine: built when their sources are newer than what was built, and served to the gateway.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BackendError } from './backend-error.ts'
import { type ManagedProcess, managedProcess } from './managed.ts'
import type { Processes } from './processes.ts'

const web = fileURLToPath(new URL('../services/web', import.meta.url))
const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')))
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json', '../../package-lock.json']

/** Builds the pages unless they are up to date, which takes some seconds. Throws BackendError with what the build said. */
export const buildPages = async (processes: Processes, report: (line: string) => void): Promise<void> => {
  const built = statSync(join(web, 'dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (sources.every((source) => newest(join(web, source)) < built)) return
  const started = performance.now()
  try {
    await processes.run({ command: process.execPath, args: [vite, 'build', '--logLevel', 'warn'], cwd: web })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BackendError('The pages cannot be built', reason, 'See npm run build --workspace services/web.')
  }
  report(`Pages: built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** The server of the built pages, to be started. */
export const pagesServer = (processes: Processes, port: number): ManagedProcess =>
  managedProcess({
    processes,
    program: {
      name: 'web',
      command: process.execPath,
      args: [join(web, 'serve.ts')],
      env: { HTTP_PORT: String(port), HTTP_HOST: '127.0.0.1', NODE_NO_WARNINGS: '1' },
    },
    answers: async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(3000) })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    },
  })

/** When the newest of a file, or of what lies in a folder, was changed; milliseconds since 1970. */
const newest = (path: string): number => {
  const found = statSync(path)
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
