// `npm run test:cluster` and `test:operators`: an installation's life on the cluster that the kubeconfig names, in a namespace of its own.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findChromium } from '../browser/chromium.ts'

const { values, positionals } = parseArgs({
  options: {
    context: { type: 'string' },
    namespace: { type: 'string' },
    'nats-chart': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
})
const operators = positionals[0] === 'operators'
if (values.help) {
  process.stdout.write(`npm run test:cluster -- [--context NAME] [--namespace NAME]
npm run test:operators -- [--context NAME] [--namespace NAME] [--nats-chart PATH]

Installs into a namespace of its own (deliveryflow-test), puts that under load and under faults, and removes it.
  test:cluster    the profile light: the pages and a journey through them in Chromium, scaling, upgrade and rollback, faults, and what dfctl check says of them; about 7 minutes
  test:operators  PostgreSQL by CloudNativePG, NATS by its own chart, workers scaled by KEDA; about 10 minutes. Both operators must run
                  in the cluster. --nats-chart: that chart as a folder or archive, for those who cannot reach its repository

Needs kubectl and helm on PATH, and images that the nodes have or can pull:
  node scripts/build-images.mjs --load 'kind load docker-image --name deliveryflow'
`)
  process.exit(0)
}
const fail = (what: string, next: string): never => {
  process.stderr.write(`error: ${what}\n  do:  ${next}\n`)
  process.exit(1)
}
for (const [command, words] of [
  ['kubectl', ['version', '--client']],
  ['helm', ['version', '--short']],
] as const) {
  if (spawnSync(command, words, { stdio: 'ignore' }).status !== 0)
    fail(`${command} cannot be run`, `Install ${command}.`)
}
// Before an installation is made for what cannot be looked at.
if (!operators) findChromium()
const environment = {
  ...process.env,
  ...(values.context ? { DFCTL_CONTEXT: values.context } : {}),
  ...(values.namespace ? { DF_TEST_NAMESPACE: values.namespace } : {}),
  ...(values['nats-chart'] ? { DF_TEST_NATS_CHART: resolve(values['nats-chart']) } : {}),
}
const reached = spawnSync('kubectl', [...(values.context ? ['--context', values.context] : []), 'get', 'nodes'], {
  encoding: 'utf8',
  env: environment,
})
if (reached.status !== 0)
  fail(`No cluster answers: ${reached.stderr.trim()}`, 'Start one (docs/install.md) or choose a --context.')

const file = fileURLToPath(new URL(operators ? 'operators.test.ts' : 'cluster.test.ts', import.meta.url))
const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=1200000', file], {
  stdio: 'inherit',
  env: { ...environment, NODE_NO_WARNINGS: '1' },
})
process.exit(status ?? 1)
