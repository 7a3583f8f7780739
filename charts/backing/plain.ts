// Writes k8s/: what the chart makes in production, as plain objects for those who do not use Helm. `node charts/backing/plain.ts`
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { databases, services } from '@deliveryflow/contracts'
import { findHelm, kubernetesVersion } from '../helm.ts'

const run = promisify(execFile)
const chart = fileURLToPath(new URL('.', import.meta.url))

/** A file as it should be; `path` is relative to the repository. */
export type PlainFile = { readonly path: string; readonly text: string }

export const repository = join(chart, '../..')

const origin = '# Rendered by `node charts/backing/plain.ts`. Do not edit.'

const operators = ['--values', join(chart, 'values-operators.yaml'), '--set', 'smtp.uri=smtp://mail.example:25']
// A StatefulSet of our own, as the official NATS comes as a Helm chart only. With the sizes of production.
const nats = [
  'nats.storage=20Gi,nats.jetstream.file=16Gi,nats.jetstream.memory=256Mi,nats.goMemoryLimit=800MiB',
  'nats.resources.requests.cpu=500m,nats.resources.requests.memory=1Gi,nats.resources.limits.cpu=2,nats.resources.limits.memory=1Gi',
].flatMap((values) => ['--set', values])
const encrypted = ['--set', 'tls.enabled=true', '--api-versions', 'cert-manager.io/v1']

const rendered: Record<string, readonly [options: readonly string[], ...templates: string[]]> = {
  'nats.yaml': [nats, 'nats.yaml'],
  'postgres.yaml': [operators, 'operators/postgres.yaml'],
  'mongodb.yaml': [operators, 'operators/mongodb.yaml'],
  'redis.yaml': [operators, 'operators/redis.yaml'],
  'network-policies.yaml': [operators, 'network-policies.yaml', 'operators/network-policies.yaml'],
  'certificates.yaml': [[...operators, ...encrypted], 'operators/certificates.yaml'],
}

/** All files that this module answers for. Rejects with what helm says, or when there is no helm to be had. */
export const plainFiles = async (): Promise<PlainFile[]> => {
  const helm = await findHelm()
  const objects = async (options: readonly string[], templates: readonly string[]) => {
    const shown = templates.flatMap((template) => ['--show-only', `templates/${template}`])
    const args = [
      'template',
      'backing',
      chart,
      '--namespace',
      'deliveryflow',
      '--kube-version',
      kubernetesVersion,
      ...options,
    ]
    const { stdout } = await run(helm, [...args, ...shown], { maxBuffer: 64 * 1024 * 1024 })
    return (
      stdout
        .replace(/^# Source: .*\n/gm, '')
        .replace(/^( *)app\.kubernetes\.io\/managed-by: Helm$/gm, '$1app.kubernetes.io/managed-by: kubectl')
        // What only Helm reads.
        .replace(/^ {2}annotations:\n(?: {4}#.*\n)? {4}helm\.sh\/resource-policy: keep\n/gm, '')
        .replace(/^---\n/, '')
    )
  }
  const files = await Promise.all(
    Object.entries(rendered).map(async ([name, [options, ...templates]]) => ({
      path: `k8s/${name}`,
      text: `${origin}\n${await objects(options, templates)}`,
    })),
  )
  return [...files, { path: 'k8s/credentials.sh', text: credentials() }]
}

/** The Secrets of the chart by kubectl: made once, and nothing that is there is changed. */
const credentials = () => `#!/bin/sh
${origin}
# Makes the credentials of the backing in a namespace: credentials.sh NAMESPACE SMTP_URI. What is there stays; run it again at any time.
set -eu
[ $# -eq 2 ] || { echo "Usage: $0 NAMESPACE smtp://USER:PASSWORD@HOST:PORT" >&2; exit 2; }
namespace=$1 smtp=$2

# 32 letters and digits, a letter first: NATS reads a password by the rules of its configuration.
password() {
  printf 'p%s' "$(LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 31)"
}

there() {
  kubectl -n "$namespace" get secret "$1" -o name >/dev/null 2>&1
}

# make NAME TYPE KEY=VALUE...: a Secret that is not there yet, through the standard input, so that no list of processes shows it.
make() {
  name=$1 type=$2
  shift 2
  {
    printf 'apiVersion: v1\\nkind: Secret\\ntype: %s\\nmetadata:\\n  name: %s\\n' "$type" "$name"
    printf '  labels: { app.kubernetes.io/part-of: deliveryflow, cnpg.io/reload: "true" }\\nstringData:\\n'
    for pair in "$@"; do printf '  %s: "%s"\\n' "\${pair%%=*}" "\${pair#*=}"; done
  } | kubectl -n "$namespace" create -f -
}

there nats-auth || make nats-auth Opaque
for user in admin sys route ${services.map(({ name }) => name).join(' ')}; do
  kept=$(kubectl -n "$namespace" get secret nats-auth -o "jsonpath={.data.$user}")
  [ -n "$kept" ] || printf '{"stringData":{"%s":"%s"}}' "$user" "$(password)" |
    kubectl -n "$namespace" patch secret nats-auth --patch-file /dev/stdin
done

for database in ${databases.join(' ')}; do
  there "postgres-$database" && continue
  role=$(echo "$database" | tr - _)
  secret=$(password)
  make "postgres-$database" kubernetes.io/basic-auth "username=$role" "password=$secret" \\
    "uri=postgres://$role:$secret@postgres:5432/$role"
done

secret=$(password)
there mongodb-review || make mongodb-review kubernetes.io/basic-auth username=review "password=$secret" \\
  "uri=mongodb://review:$secret@mongodb:27017/review?authSource=review&replicaSet=mongodb"
secret=$(password)
there redis-auth || make redis-auth Opaque "password=$secret" "uri=redis://:$secret@redis:6379"
there smtp || make smtp Opaque "uri=$smtp"
`

if (import.meta.main) {
  for (const { path, text } of await plainFiles()) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 })
    process.stdout.write(`${path}\n`)
  }
}
