// `npm start`: the whole system on this machine, without Docker, until Ctrl-C.
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { BackendError, portsFromEnvironment } from './backends.ts'
import { demoAccounts, seed } from './seed.ts'
import { type System, startSystem } from './system.ts'

const defaultDir = fileURLToPath(new URL('../.deliveryflow/default', import.meta.url))

const command = new Command('npm start --')
  .description(
    'Starts NATS (three nodes), PostgreSQL, Redis, a MongoDB-protocol server, a mail catcher and every service.',
  )
  .option('--fresh', 'discard the data of earlier runs first')
  .option('--each', 'run each service in a process of its own')
  .option('--no-seed', 'leave the catalog as it is, without demo data')
  .option('--dir <folder>', 'where data, logs and secrets are kept', defaultDir)
  .option('--step <ms>', 'how long the courier simulator takes for each step (3000)')
  .addHelpText(
    'after',
    `
Data survives a restart. Stop with Ctrl-C; nothing keeps running.

Ports: DF_HTTP_PORT (8080) and those in local/README.md. External servers instead of local ones: NATS_URL, DATABASE_URL,
REDIS_URL, MONGODB_URL, SMTP_URL. Any setting of a service: NAME, or SERVICE__NAME for one service (each README lists them).

Examples:
  npm start
  npm start -- --fresh --each
  DF_HTTP_PORT=9090 npm start`,
  )
  .showHelpAfterError()
  .parse()

const options = command.opts<{ fresh?: boolean; each?: boolean; seed: boolean; dir: string; step?: string }>()
const started = performance.now()
const report = (line: string) => process.stderr.write(`  ${line}\n`)

let system: System | undefined
let stopping = false
const stop = async (code: number) => {
  if (stopping) return
  stopping = true
  process.stderr.write('\nStopping …\n')
  await system?.stop()
  process.exit(code)
}
process.on('SIGINT', () => void stop(0))
process.on('SIGTERM', () => void stop(0))

try {
  process.stderr.write('Starting DeliveryFlow\n')
  const http_port = Number(process.env.DF_HTTP_PORT ?? 8080)
  const settings = options.step === undefined ? {} : { DELIVERY__SIMULATOR_STEP_MS: options.step }
  const { dir, fresh = false, each = false } = options
  system = await startSystem({ dir, fresh, each, http_port, ports: portsFromEnvironment(), settings, report })
  system.backends.onExit(({ name, reason, last_lines }) => {
    const problem = new BackendError(
      `${name} ended by itself`,
      `${reason}; its last lines: ${last_lines.join(' / ')}`,
      `Read ${dir}/logs/${name}.log, then start again: no data is lost.`,
    )
    process.stderr.write(`\n${explain(problem)}\n`)
    void stop(1)
  })
  if (options.seed) {
    const made = await seed(system.url, system.admin)
    report(made === 0 ? 'The catalog is filled already' : `Demo data: ${made} products, couriers and a customer`)
  }
  process.stdout.write(welcome(system, dir))
} catch (error) {
  process.stderr.write(`\n${explain(error)}\n`)
  await stop(1)
}

function explain(error: unknown): string {
  if (error instanceof BackendError) return `${error.what}\n  why: ${error.why}\n  do:  ${error.todo}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function welcome({ url, admin, backends }: System, dir: string): string {
  return `
Ready in ${((performance.now() - started) / 1000).toFixed(1)} s

  Shop        ${url}        sign in with an account below, or register
  API         ${url}/docs
  Letters     ${backends.mail.page_url}
  NATS        ${backends.nats.urls.join(', ')}
  Logs        ${dir}/logs

  Accounts (password ${admin.password}):
    administrator  ${admin.email}
    customer       ${demoAccounts.customer}
    courier        ${demoAccounts.courier('Anna')}

  First steps:
    TOKEN=$(curl -s ${url}/api/auth/login -H 'content-type: application/json' \\
      -d '{"email":"${demoAccounts.customer}","password":"${admin.password}"}' | jq -r .access_token)
    curl -s ${url}/api/products | jq .

Ctrl-C stops everything.
`
}
