// `npm test`: starts the backends and one system on free ports, then runs every test file with the runner's own summary.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { describeBackends, testEnvironment } from '@deliveryflow/local/test-environment'
import { findChromium } from './browser/chromium.ts'
import { seconds } from './size.ts'
import { describeSystem, startTestSystem, systemEnvironment } from './system.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const folders = ['packages', 'services', 'cli', 'charts', 'local', 'load', 'tests']
const all = globSync(
  folders.map((folder) => `${folder}/**/*.test.ts`),
  // tests/cluster needs a Kubernetes: npm run test:cluster.
  { exclude: ['**/node_modules/**', 'tests/cluster/**'] },
)
const files = positionals.length === 0 ? all : all.filter((file) => positionals.some((word) => file.includes(word)))
if (files.length === 0) {
  console.error(`No test file's path contains ${positionals.join(' or ')}.`)
  process.exit(1)
}

// Once, before several files look for one side by side.
if (files.some((file) => file.startsWith('tests/browser/'))) findChromium()

const started = performance.now()
console.error('Starting the backends and the system for the tests …')
const system = await startTestSystem()
console.error(`Ready in ${((performance.now() - started) / 1000).toFixed(1)} s; ${files.length} test files`)

const runner = spawn(
  process.execPath,
  ['--test', `--test-concurrency=${availableParallelism()}`, `--test-timeout=${seconds(240) * 1000}`, ...files.sort()],
  {
    stdio: 'inherit',
    // A group of its own, so that all test files end when this does.
    detached: true,
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      ...systemEnvironment(describeSystem(system)),
      ...testEnvironment(describeBackends(system.backends)),
    },
  },
)
const stop = async (code: number) => {
  if (runner.pid && runner.exitCode === null) process.kill(-runner.pid, 'SIGTERM')
  await system.stop()
  process.exit(code)
}
process.on('SIGINT', () => void stop(130))
process.on('SIGTERM', () => void stop(143))
const [code] = await once(runner, 'exit')
await stop(code ?? 1)
