// Credentials are made once: Helm renders the chart against an API server that has some of the Secrets, or none.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { databases, services } from '@deliveryflow/contracts'
import { parseAllDocuments } from 'yaml'
import { findHelm } from '../helm.ts'

const run = promisify(execFile)
const chart = fileURLToPath(new URL('.', import.meta.url))
const helm = await findHelm().catch((error: Error) => error)
const skip = helm instanceof Error ? `needs helm: ${helm.message}` : false

type Secret = {
  kind: string
  metadata: { name: string; annotations?: object }
  type: string
  data: Record<string, string>
}
type Secrets = Record<string, Record<string, string>>

/** As much of Kubernetes' API as Helm's `lookup` asks for: what there is, and single Secrets. */
const apiServer = (secrets: readonly Secret[]) =>
  createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '')
    const name = /\/namespaces\/shop\/secrets\/(.+)$/.exec(path)?.[1]
    const answers: Record<string, object | undefined> = {
      '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
      '/api': { kind: 'APIVersions', versions: ['v1'] },
      '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
      '/api/v1': {
        ...{ kind: 'APIResourceList', groupVersion: 'v1' },
        resources: [{ name: 'secrets', singularName: 'secret', namespaced: true, kind: 'Secret', verbs: ['get'] }],
      },
    }
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 }
    const answer = name === undefined ? answers[path] : secrets.find(({ metadata }) => metadata.name === name)
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? missing))
  })

/** The Secrets that an install or upgrade would write when the cluster has these. */
const secretsAfter = async (there: readonly Secret[], ...options: string[]): Promise<Secret[]> => {
  if (helm instanceof Error) throw helm
  const dir = mkdtempSync(join(tmpdir(), 'backing-secrets-'))
  const server = apiServer(there).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const kubeconfig = join(dir, 'kubeconfig')
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c', users: [{ name: 'u', user: {} }] },
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  try {
    const args = ['template', 'backing', chart, '--namespace', 'shop', '--dry-run=server', '--kubeconfig', kubeconfig]
    const { stdout } = await run(helm, [...args, ...options], { maxBuffer: 64 * 1024 * 1024 })
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Secret | null)
    return objects.filter((object) => object !== null).filter(({ kind }) => kind === 'Secret')
  } finally {
    server.close()
    rmSync(dir, { recursive: true })
  }
}

const read = (secrets: readonly Secret[]): Secrets =>
  Object.fromEntries(
    secrets.map(({ metadata, data }) => [
      metadata.name,
      Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
      ),
    ]),
  )

const operators = ['--values', join(chart, 'values-operators.yaml'), '--set', 'smtp.uri=smtp://mail.example:25']

suite('the credentials of backing', { skip }, () => {
  test('are made with 32 letters and digits, a letter first, no two alike, and outlive the release', async () => {
    const made = await secretsAfter([])
    const passwords = Object.entries(read(made)).flatMap(([name, data]) =>
      Object.entries(data).flatMap(([key, value]) => (name === 'nats-auth' || key === 'password' ? [value] : [])),
    )
    assert.equal(passwords.length, services.length + 3 + databases.length + 1 + 1 + 1)
    for (const password of passwords) assert.match(password, /^[A-Za-z][A-Za-z0-9]{31}$/)
    assert.equal(new Set(passwords).size, passwords.length)
    for (const { metadata } of made) {
      assert.deepEqual(metadata.annotations, { 'helm.sh/resource-policy': 'keep' }, metadata.name)
    }
  })

  test('open what they name: each URI holds the password of its Secret', async () => {
    const secrets = read(await secretsAfter([], ...operators))
    for (const [name, { uri, username, password }] of Object.entries(secrets)) {
      if (uri === undefined || name === 'smtp') continue
      const url = new URL(uri)
      assert.equal(url.password, password, name)
      assert.equal(url.username, username ?? '', name)
      assert.equal(url.hostname, name.replace(/-.*/, ''), name)
    }
    assert.equal(new URL(secrets['postgres-order-history']?.uri ?? '').pathname, '/order_history')
    assert.equal(secrets.smtp?.uri, 'smtp://mail.example:25')
  })

  test('are kept by the next upgrade, also into the other profile', async () => {
    const first = await secretsAfter([])
    assert.deepEqual(read(await secretsAfter(first)), read(first))
    const moved = read(await secretsAfter(first, ...operators))
    for (const [name, { password }] of Object.entries(read(first))) {
      if (name !== 'postgres-superuser') assert.equal(moved[name]?.password, password, name)
    }
  })

  test('get what is missing and nothing else: a service that is added later', async () => {
    const first = await secretsAfter([])
    const without = structuredClone(first).filter(({ metadata }) => metadata.name !== 'postgres-audit')
    for (const { metadata, data } of without) if (metadata.name === 'nats-auth') delete data.audit
    const [before, after] = [read(without), read(await secretsAfter(without))]
    assert.match(after['nats-auth']?.audit ?? '', /^\w{32}$/)
    assert.match(after['postgres-audit']?.password ?? '', /^\w{32}$/)
    delete after['nats-auth']?.audit
    delete after['postgres-audit']
    assert.deepEqual(after, before)
  })

  test('are left to others when told so', async () => {
    assert.deepEqual(await secretsAfter([], '--set', 'secrets.create=false'), [])
  })
})
