// `npm run test:cluster` and `test:operators`: an installation's life, or what goes wrong in it, on the cluster that the kubeconfig names, in a
// namespace of its own.
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findChromium } from '../browser/chromium.ts'
import { seconds } from '../size.ts'

const { values, positionals } = parseArgs({
  options: {
    context: { type: 'string' },
    namespace: { type: 'string' },
    'nats-chart': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
})
if (values.help) {
  process.stdout.write(`npm run test:cluster -- [faults] [--context NAME] [--namespace NAME]
npm run test:operators -- [--context NAME] [--namespace NAME] [--nats-chart PATH]

Installs into a namespace of its own (deliveryflow-test), puts that under load and under faults, and removes it.
  test:cluster    the profile light: the pages and a journey through them in Chromium, scaling, upgrade and rollback, faults, and what dfctl check says of them; about 7 minutes
  test:cluster faults
                  the history, dead letters and reconcile: tests/faults/history and many-orders on an installation each, of
                  500 orders (ORDERS=10000: of as many); about 12 minutes. One of them: faults/history
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
const known = ['cluster/cluster', 'cluster/operators', 'faults/history', 'faults/many-orders']
const [word = 'cluster/cluster'] = positionals
const chosen = known.filter((name) => name.includes(word))
if (chosen.length === 0) fail(`There is no test "${word}" of a cluster.`, `Choose from ${known.join(', ')}.`)
for (const [command, words] of [
  ['kubectl', ['version', '--client']],
  ['helm', ['version', '--short']],
] as const) {
  if (spawnSync(command, words, { stdio: 'ignore' }).status !== 0)
    fail(`${command} cannot be run`, `Install ${command}.`)
}
// Before an installation is made for what cannot be looked at.
if (chosen.includes('cluster/cluster')) findChromium()
const environment = {
  ...process.env,
  DF_TEST_GROUND: 'cluster',
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

const files = chosen.map((name) => fileURLToPath(new URL(`../${name}.test.ts`, import.meta.url)))
const timeout = Math.max(1200, seconds(240)) * 1000
// One installation at a time.
const words = ['--test', '--test-concurrency=1', `--test-timeout=${timeout}`, ...files]
const { status } = spawnSync(process.execPath, words, {
  stdio: 'inherit',
  env: { ...environment, NODE_NO_WARNINGS: '1' },
})
process.exit(status ?? 1)
