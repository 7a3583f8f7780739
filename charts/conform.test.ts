// What the charts render to is what Kubernetes and the operators' CRDs take, strictly: kubeconform over every variant.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { addToCache, cacheFolder } from '@deliveryflow/local/binaries'
import { onPath } from '@deliveryflow/local/sources'
import { findHelm, objectsIn, type Rendered, type Rendering, render } from './helm.ts'
import { schemaLocation, writeSchemas } from './schemas.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'deliveryflow-schemas-'))
after(() => rmSync(folder, { recursive: true }))

const findKubeconform = async (): Promise<string> => {
  const cached = join(cacheFolder(), 'kubeconform')
  if (existsSync(cached)) return cached
  const found = onPath('kubeconform')
  if (found !== undefined) return found
  return addToCache('kubeconform', async (scratch) => {
    const module = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0'
    await run('go', ['install', module], { env: { ...process.env, GOBIN: scratch } })
    return join(scratch, readdirSync(scratch)[0] ?? '')
  })
}

/** The tools and schemas, or why they cannot be had. Downloads of hundreds of megabytes only where they are asked for. */
const prepared = async () => {
  if (onPath('go') === undefined) throw new Error('there is no go')
  const missing = await writeSchemas(folder, process.env.DF_CONFORM_DOWNLOAD !== '1')
  return { helm: await findHelm(), kubeconform: await findKubeconform(), missing }
}
const tools = await prepared().catch((error: Error) => error)
const skip =
  tools instanceof Error ? `needs helm, go and its modules (DF_CONFORM_DOWNLOAD=1 gets them): ${tools.message}` : false

const conform = async (objects: readonly Rendered[]) => {
  assert.ok(!(tools instanceof Error))
  const file = join(mkdtempSync(join(folder, 'objects-')), 'objects.yaml')
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'))
  const args = ['-strict', '-summary', '-output', 'json', '-schema-location', schemaLocation(folder), file]
  const { stdout } = await run(tools.kubeconform, args).catch((error: { stdout: string }) => error)
  const { resources, summary } = JSON.parse(stdout) as {
    resources?: { kind: string; name: string; status: string; msg: string }[]
    summary: { valid: number; invalid: number; errors: number; skipped: number }
  }
  const bad = (resources ?? []).map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`)
  return { bad, valid: summary.valid }
}

/** Kinds whose CRDs no Go module holds: the operator of Redis is not to be had by the module proxy. Not checked here. */
const unpublished = ['RedisReplication', 'Redis', 'RedisSentinel']

const assertConform = async (objects: readonly Rendered[]) => {
  const checked = objects.filter(({ kind }) => !unpublished.includes(kind))
  assert.ok(checked.length > 0)
  assert.deepEqual(await conform(checked), { bad: [], valid: checked.length })
}

const apis = ['keda.sh/v1alpha1', 'monitoring.coreos.com/v1', 'gateway.networking.k8s.io/v1', 'cert-manager.io/v1']
const outside = [
  'gateway.httpRoute.enabled=true',
  'gateway.httpRoute.parentRefs[0].name=public',
  'gateway.ingress.enabled=true',
]

suite('kubeconform', { skip }, () => {
  before(() => {
    if (!(tools instanceof Error) && tools.missing.length > 0) {
      throw new Error(`CRDs that cannot be had: ${tools.missing.join(', ')}; DF_CONFORM_DOWNLOAD=1 gets them`)
    }
  })

  const operators = ['values-operators.yaml']
  const mail = ['smtp.uri=smtp://user:password@mail.example:587']
  for (const [chart, name, rendering] of [
    ['deliveryflow', 'production', {}],
    ['deliveryflow', 'production with all that is optional', { apis, set: outside }],
    ['deliveryflow', 'light', { values: ['values-light.yaml'] }],
    ['backing', 'light', {}],
    ['backing', 'operators', { values: operators, set: mail, apis }],
  ] as [string, string, Rendering][]) {
    test(`${chart}: ${name}`, async () => {
      assert.ok(!(tools instanceof Error))
      const objects = await render(tools.helm, fileURLToPath(new URL(`${chart}/`, import.meta.url)), rendering)
      await assertConform(objects)
    })
  }

  test('k8s/: the plain resources', async () => {
    const plain = fileURLToPath(new URL('../k8s/', import.meta.url))
    const files = readdirSync(plain).filter((file) => file.endsWith('.yaml'))
    await assertConform(files.flatMap((file) => objectsIn(readFileSync(join(plain, file), 'utf8'))))
  })

  test('an unknown field, a wrong type and an unknown kind are found', async () => {
    const object = (kind: string, apiVersion: string, spec: object): Rendered => ({
      apiVersion,
      kind,
      metadata: { name: 'x' },
      spec,
    })
    const { bad } = await conform([
      object('Service', 'v1', { port: [] }),
      object('HorizontalPodAutoscaler', 'autoscaling/v2', {
        maxReplicas: 'two',
        scaleTargetRef: { kind: 'x', name: 'x' },
      }),
      object('ScaledObject', 'keda.sh/v1alpha1', { scaleTargetRef: { nam: 'x' }, triggers: [] }),
      object('Nonsense', 'v1', {}),
    ])
    assert.equal(bad.length, 4, bad.join('\n'))
  })
})
