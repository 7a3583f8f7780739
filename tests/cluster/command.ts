// Runs dfctl and kubectl as a person at a terminal would, and keeps what they printed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** How a command ended; `seconds` is its wall time. */
export type Ended = { code: number; stdout: string; stderr: string; seconds: number }

/** Where the tests install; their own, so that an installation of the developer's is left alone. */
export const namespace = process.env.DF_TEST_NAMESPACE ?? 'deliveryflow-test'

const dfctlFile = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))

const run = async (command: string, args: string[], input?: string): Promise<Ended> => {
  const started = performance.now()
  const child = spawn(command, args, { env: { ...process.env, NODE_NO_WARNINGS: '1', CI: '1' } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.end(input)
  const [code, signal] = await once(child, 'close')
  return { code: code ?? (signal ? 128 : 1), stdout, stderr, seconds: (performance.now() - started) / 1000 }
}

/** Runs dfctl and returns how it ended, whatever the exit code. */
export const tryDfctl = (...words: string[]): Promise<Ended> =>
  run(process.execPath, [dfctlFile, '--namespace', namespace, ...words])

/** Runs dfctl, which must succeed. */
export const dfctl = async (...words: string[]): Promise<Ended> => {
  const ended = await tryDfctl(...words)
  if (ended.code === 0) return ended
  throw new Error(`dfctl ${words.join(' ')} ended with ${ended.code}\n${ended.stdout}\n${ended.stderr}`)
}

/** Runs dfctl, which must succeed, and reads its JSON. */
export const dfctlJson = async <T>(...words: string[]): Promise<T> =>
  JSON.parse((await dfctl(...words, '-o', 'json')).stdout)

/** Runs kubectl, which must succeed. `input`: what it reads from stdin. */
export const kubectl = async (words: string[], input?: string): Promise<string> => {
  const { code, stdout, stderr } = await run('kubectl', ['--namespace', namespace, ...words], input)
  if (code === 0) return stdout
  throw new Error(`kubectl ${words.join(' ')} ended with ${code}: ${stderr}`)
}

/** A `kubectl port-forward` to a port of a Service or pod; `url` is its address on this machine. */
export const portForward = async (to: string, port: number): Promise<{ port: number; stop(): void }> => {
  const child: ChildProcess = spawn('kubectl', ['--namespace', namespace, 'port-forward', to, `:${port}`])
  const opened = Promise.withResolvers<number>()
  let said = ''
  const read = (chunk: Buffer) => {
    said += chunk
    const found = /127\.0\.0\.1:(\d+)/.exec(said)
    if (found) opened.resolve(Number(found[1]))
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  child.on('exit', () => opened.reject(new Error(`port-forward to ${to} ended: ${said}`)))
  return { port: await opened.promise, stop: () => void child.kill() }
}

/** One value of a Secret. */
export const secret = async (name: string, key: string): Promise<string> =>
  Buffer.from(await kubectl(['get', 'secret', name, '-o', `jsonpath={.data.${key}}`]), 'base64').toString('utf8')
