// `npm run test:cluster`: an installation's life on the cluster that the kubeconfig names, in a namespace of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { context: { type: 'string' }, namespace: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
})
if (values.help) {
  process.stdout.write(`npm run test:cluster -- [--context NAME] [--namespace NAME]

Installs the profile light into a namespace of its own (deliveryflow-test), puts it under load and under faults, and removes it.
Takes about 15 minutes. Needs kubectl and helm on PATH, and images that the nodes have or can pull:
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
const environment = {
  ...process.env,
  ...(values.context ? { DFCTL_CONTEXT: values.context } : {}),
  ...(values.namespace ? { DF_TEST_NAMESPACE: values.namespace } : {}),
}
const reached = spawnSync('kubectl', [...(values.context ? ['--context', values.context] : []), 'get', 'nodes'], {
  encoding: 'utf8',
  env: environment,
})
if (reached.status !== 0)
  fail(`No cluster answers: ${reached.stderr.trim()}`, 'Start one (docs/install.md) or choose a --context.')

const files = ['cluster.test.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)))
const { status } = spawnSync(process.execPath, ['--test', '--test-timeout=1200000', ...files], {
  stdio: 'inherit',
  env: { ...environment, NODE_NO_WARNINGS: '1' },
})
process.exit(status ?? 1)
