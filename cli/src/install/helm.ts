// Helm as a child process, aimed at the cluster that dfctl aims at. What Helm's errors mean is helm-errors.ts' matter.
import { spawn } from 'node:child_process'
import { Failure } from '../failure.ts'
import type { Globals } from '../options.ts'
import { trace } from '../terminal.ts'
import { failureOf } from './helm-errors.ts'

/** Runs helm with these arguments and resolves to its stdout. `signal` ends it as Ctrl-C would: the release is then "failed". */
export type Helm = (args: readonly string[], options?: { signal?: AbortSignal }) => Promise<string>

/** The oldest version that has all flags used here. */
const oldest = [3, 14] as const

/** How long helm may take to record that it was interrupted, in milliseconds; then it is ended at once. */
const patience = 15_000

/** Finds helm. Throws `refused` when it is not on the PATH or too old; asks the cluster nothing. */
export const openHelm = async ({ kubeconfig, context, namespace }: Globals): Promise<Helm> => {
  const aim = ['--namespace', namespace]
  if (kubeconfig) aim.push('--kubeconfig', kubeconfig)
  if (context) aim.push('--kube-context', context)
  const version = await run(['version', '--template', '{{.Version}}'])
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? []
  if (Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1])) {
    throw new Failure('refused', `Helm ${version.trim()} is too old`, {
      why: `dfctl needs ${oldest.join('.')} or newer`,
      next: 'Install a newer one: https://helm.sh/docs/intro/install/',
    })
  }
  return (args, options) => run([...args, ...aim], options)
}

const run = (args: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    trace(`helm ${args.join(' ')}`)
    const child = spawn('helm', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let answer = ''
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      answer += text
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    let last: NodeJS.Timeout | undefined
    const interrupt = () => {
      child.kill('SIGINT')
      last = setTimeout(() => child.kill('SIGKILL'), patience)
    }
    signal?.addEventListener('abort', interrupt, { once: true })
    if (signal?.aborted) interrupt()
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Failure('refused', 'There is no helm on the PATH', {
              why: 'dfctl installs and removes with Helm',
              next: `Install Helm ${oldest.join('.')} or newer: https://helm.sh/docs/intro/install/`,
            })
          : error,
      ),
    )
    child.on('close', (code) => {
      clearTimeout(last)
      signal?.removeEventListener('abort', interrupt)
      if (code === 0) resolve(answer)
      else reject(failureOf(said === '' ? answer : said, `helm ${args[0]}`))
    })
  })
