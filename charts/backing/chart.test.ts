// The chart as Helm renders it, in both profiles: what every pod keeps to, what the services find under the same names, what is
// refused. Credentials are secrets.test.ts's, the rights of NATS users nats-permissions.test.ts's.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { databases, services } from '@deliveryflow/contracts'
import { parse } from 'yaml'
import { findHelm, lint, type Rendered, type Rendering, render } from '../helm.ts'
import { containerOf, type Pod, problemsOfPod, templateOf } from '../pods.ts'

const chart = fileURLToPath(new URL('.', import.meta.url))
const helm = await findHelm().catch((error: Error) => error)
const skip = helm instanceof Error ? `needs helm: ${helm.message}` : false
const rendered = (rendering: Rendering = {}) =>
  helm instanceof Error ? Promise.reject(helm) : render(helm, chart, rendering)

const operators = { values: ['values-operators.yaml'], set: ['smtp.uri=smtp://mail.example:25'] }
const ofKind = (objects: readonly Rendered[], kind: string) => objects.filter((object) => object.kind === kind)
const named = (objects: readonly Rendered[], kind: string, name: string): Rendered => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name)
  assert.ok(found, `there is no ${kind} ${name}`)
  return found
}
const namesOf = (objects: readonly Rendered[], kind: string) =>
  ofKind(objects, kind).map(({ metadata }) => metadata.name)

type Labels = Record<string, string>
const selects = (labels: Labels, pod: Pod) =>
  Object.entries(labels).every(([label, value]) => pod.metadata.labels[label] === value)

/** Bytes or millicores of an amount such as 128Mi or 50m. */
const amount = (text: string) => {
  const [, number = '', unit = ''] = /^([\d.]+)(\w*)$/.exec(text) ?? []
  const factors: Record<string, number> = { '': 1000, m: 1, Mi: 2 ** 20, Gi: 2 ** 30 }
  return Number(number) * (factors[unit] ?? Number.NaN)
}

suite('backing, profile light', { skip }, () => {
  let objects: Rendered[] = []
  let pods: Pod[] = []
  before(async () => {
    objects = await rendered()
    pods = objects.flatMap((object) => templateOf(object) ?? [])
  })

  test('helm lint finds nothing', async () => {
    assert.ok(!(helm instanceof Error))
    assert.match(await lint(helm, chart), /0 chart\(s\) failed/)
  })

  test('every pod keeps the restricted standard, has limits and no token', () => {
    assert.equal(pods.length, 6)
    assert.deepEqual(
      pods.flatMap((pod) => problemsOfPod(pod)),
      [],
    )
    for (const { spec } of pods) assert.ok((spec.securityContext?.runAsUser ?? 0) > 0)
  })

  test('every server is probed, found by one budget, and its data are on a volume', () => {
    const sets = ofKind(objects, 'StatefulSet')
    assert.deepEqual(sets.map(({ metadata }) => metadata.name).sort(), ['mail', 'mongodb', 'nats', 'postgres', 'redis'])
    for (const set of sets) {
      const pod = templateOf(set)
      assert.ok(pod)
      const { startupProbe, readinessProbe, livenessProbe } = containerOf(pod)
      assert.ok(startupProbe && readinessProbe && livenessProbe, `${set.metadata.name} has not all probes`)
      const budgets = ofKind(objects, 'PodDisruptionBudget').filter(({ spec }) =>
        selects((spec as { selector: { matchLabels: Labels } }).selector.matchLabels, pod),
      )
      assert.deepEqual(
        budgets.map(({ metadata }) => metadata.name),
        [set.metadata.name],
      )
      assert.match(JSON.stringify(set.spec), /"volumeClaimTemplates":\[\{"metadata":\{"name":"data"/)
    }
  })

  test('each Service leads to the pods of its name alone', () => {
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const found = pods.filter((pod) => selects((spec as { selector: Labels }).selector, pod))
      assert.deepEqual(
        found.map((pod) => pod.metadata.labels['app.kubernetes.io/name']),
        [metadata.name.replace('-headless', '')],
      )
    }
  })

  test('all fit beside the services: 0.6 of a core and 1.2 GiB are asked for at most', () => {
    const sum = { cpu: 0, memory: 0 }
    for (const set of ofKind(objects, 'StatefulSet')) {
      const pod = templateOf(set)
      assert.ok(pod)
      const { requests } = containerOf(pod).resources
      const { replicas } = set.spec as { replicas: number }
      sum.cpu += replicas * amount(requests.cpu ?? '')
      sum.memory += replicas * amount(requests.memory ?? '')
    }
    assert.ok(sum.cpu <= 600, `${sum.cpu}m`)
    assert.ok(sum.memory <= 1.2 * 2 ** 30, `${sum.memory / 2 ** 20} MiB`)
  })

  test('every pod is behind a policy both ways, and a store is open to its owners alone', () => {
    const policies = ofKind(objects, 'NetworkPolicy').map(({ spec }) => spec as Policy)
    for (const pod of pods) {
      const own = policies.filter(({ podSelector }) => selects(podSelector.matchLabels, pod))
      assert.deepEqual(own[0]?.policyTypes, ['Ingress', 'Egress'], pod.metadata.labels['app.kubernetes.io/name'])
    }
    const owners = (store: string) => services.filter(({ owns }) => owns.some((one) => one === store))
    for (const [name, store, others] of [
      ['postgres', 'postgres', ['deliveryflow-migrate', 'postgres-databases']],
      ['mongodb', 'mongo', []],
      ['redis', 'redis', []],
      ['mail', 'smtp', []],
    ] as const) {
      const { ingress } = named(objects, 'NetworkPolicy', `backing-${name}`).spec as Policy
      assert.deepEqual(
        ingress?.flatMap(({ from }) => from[0]?.podSelector?.matchExpressions?.[0]?.values).sort(),
        [...owners(store).map((service) => service.name), ...others].sort(),
        name,
      )
    }
  })

  test('every service has a NATS password in the pods, and a database is made for each that has one', () => {
    const nats = templateOf(named(objects, 'StatefulSet', 'nats'))
    assert.ok(nats)
    const keys = containerOf(nats).env?.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.key ?? [])
    assert.deepEqual(keys?.sort(), ['admin', 'route', 'sys', ...services.map(({ name }) => name)].sort())
    const sql = (named(objects, 'ConfigMap', 'postgres-databases').data as Labels)['databases.sql'] ?? ''
    assert.deepEqual(
      [...sql.matchAll(/^\\set name (\S+)$/gm)].map(([, name]) => name),
      databases.map((name) => name.replaceAll('-', '_')),
    )
  })

  test('changed settings of NATS replace its pods, others do not', async () => {
    const stamp = async (set: string[]) =>
      templateOf(named(await rendered({ set }), 'StatefulSet', 'nats'))?.metadata.annotations
    const plain = await stamp([])
    assert.notDeepEqual(await stamp(['nats.jetstream.file=3Gi']), plain)
    assert.deepEqual(await stamp(['redis.storage=2Gi']), plain)
  })

  test('a registry of one’s own stands before every image', async () => {
    const set = ['image.registry=registry.example:5000/mirror', 'image.pullSecrets[0]=mine']
    for (const pod of (await rendered({ set })).flatMap((object) => templateOf(object) ?? [])) {
      assert.match(containerOf(pod).image, /^registry\.example:5000\/mirror\/[a-z/]+:[\w.-]+$/)
      assert.match(JSON.stringify(pod.spec), /"imagePullSecrets":\[\{"name":"mine"\}\]/)
    }
  })
})

type Policy = {
  podSelector: { matchLabels: Labels }
  policyTypes: string[]
  ingress?: { from: { podSelector?: { matchExpressions?: { values: string[] }[] } }[] }[]
}

suite('backing, profile operators', { skip }, () => {
  let objects: Rendered[] = []
  before(async () => {
    objects = await rendered(operators)
  })

  test('the services find the same Services and Secrets with the same keys', async () => {
    const light = await rendered()
    const shape = (all: readonly Rendered[]) =>
      ofKind(all, 'Secret').map(({ metadata, type, data }) => [metadata.name, type, Object.keys(data as object).sort()])
    assert.deepEqual(
      shape(light).filter(([name]) => name !== 'postgres-superuser'),
      shape(objects),
    )
    // nats and nats-headless come from its own chart; the mail server is somebody else's.
    const own = namesOf(light, 'Service').filter((name) => !/^(nats|mail)/.test(name))
    assert.deepEqual(namesOf(objects, 'Service').sort(), own.sort())
    const { fullnameOverride } = parse(readFileSync(`${chart}generated/nats-values.yaml`, 'utf8')) as Labels
    assert.equal(fullnameOverride, 'nats')
  })

  test('each service that has a database has its role and its Database', () => {
    const { managed } = named(objects, 'Cluster', 'postgres').spec as { managed: { roles: unknown[] } }
    const plain = (name: string) => name.replaceAll('-', '_')
    assert.deepEqual(
      managed.roles,
      databases.map((name) => ({
        ...{ name: plain(name), ensure: 'present', login: true },
        passwordSecret: { name: `postgres-${name}` },
      })),
    )
    assert.deepEqual(
      ofKind(objects, 'Database').map((database) => database.spec),
      databases.map((name) => ({
        ...{ cluster: { name: 'postgres' }, name: plain(name), owner: plain(name) },
        databaseReclaimPolicy: 'retain',
      })),
    )
  })

  test('no failover of PostgreSQL loses a commit, unless that is switched off', async () => {
    const synchronous = async (set: string[]) =>
      (
        named(await rendered({ ...operators, set: [...operators.set, ...set] }), 'Cluster', 'postgres').spec as {
          postgresql: { synchronous?: object }
        }
      ).postgresql.synchronous
    assert.deepEqual(await synchronous([]), {
      ...{ method: 'any', number: 1, dataDurability: 'required' },
      failoverQuorum: true,
    })
    assert.equal(await synchronous(['postgres.synchronous=false']), undefined)
    assert.equal(await synchronous(['postgres.instances=1']), undefined)
  })

  test('with TLS there is a certificate for each store, and the URIs say so; without cert-manager it is refused', async () => {
    const set = [...operators.set, 'tls.enabled=true']
    await assert.rejects(rendered({ ...operators, set }), /cert-manager\.io\/v1: install cert-manager first/)
    const secured = await rendered({ ...operators, set, apis: ['cert-manager.io/v1'] })
    assert.deepEqual(namesOf(secured, 'Certificate').sort(), ['backing-ca', 'mongodb', 'nats', 'postgres', 'redis'])
    const uri = (name: string) =>
      Buffer.from((named(secured, 'Secret', name).data as Labels).uri ?? '', 'base64').toString()
    assert.match(uri('postgres-order'), /\?sslmode=verify-full$/)
    assert.match(uri('mongodb-review'), /&tls=true$/)
    assert.match(uri('redis-auth'), /^rediss:/)
  })

  test('any of them can be run by this chart after all, with its settings of values.yaml', async () => {
    const set = [...operators.set, 'operated.mongodb=false', 'operated.redis=false', 'redis.image=redis:7-alpine']
    const mixed = await rendered({ ...operators, set })
    assert.deepEqual(namesOf(mixed, 'StatefulSet').sort(), ['mongodb', 'redis'])
    assert.deepEqual(namesOf(mixed, 'Cluster'), ['postgres'])
    assert.deepEqual([...namesOf(mixed, 'MongoDBCommunity'), ...namesOf(mixed, 'RedisReplication')], [])
    const policies = (all: readonly Rendered[]) =>
      namesOf(all, 'NetworkPolicy').filter((name) => !/sentinel/.test(name))
    assert.deepEqual(policies(mixed).sort(), policies(objects).sort())
    const encrypted = (more: string[]) =>
      rendered({ ...operators, set: [...set, 'tls.enabled=true', ...more], apis: ['cert-manager.io/v1'] })
    assert.deepEqual(namesOf(await encrypted([]), 'Certificate').sort(), ['backing-ca', 'nats', 'postgres'])
    await assert.rejects(encrypted(['operated.nats=false']), /'\/tls\/enabled': value must be false/)
  })

  test('PodMonitor where its operator is', async () => {
    assert.deepEqual(namesOf(objects, 'PodMonitor'), [])
    const monitored = await rendered({ ...operators, apis: ['monitoring.coreos.com/v1'] })
    assert.deepEqual(namesOf(monitored, 'PodMonitor'), ['postgres'])
  })

  test('it says that nobody takes the letters', async () => {
    await assert.rejects(rendered({ values: operators.values }), /smtp\.uri is empty and mail\.enabled is false/)
  })
})

suite('backing refuses', { skip }, () => {
  for (const [value, message] of [
    ['profile=heavy', /'\/profile'.*'light', 'operators'/],
    ['operated.postgres=true', /'\/postgres': missing properties 'instances'/],
    ['nats.replicas=5', /'\/nats'.*'replicas' not allowed/],
    ['nats.image=nats', /'\/nats\/image': 'nats' does not match/],
    ['nats.user=0', /'\/nats\/user': minimum: got 0/],
    ['nats.goMemoryLimit=400M', /'\/nats\/goMemoryLimit'/],
    ['postgres.storage=5GB', /'\/postgres\/storage': '5GB'/],
    ['postgres.parameters.max_connections=400', /'\/postgres\/parameters\/max_connections': got number, want string/],
    ['mongodb.members=2', /'\/mongodb\/members'.*1, 3, 5, 7/],
    ['redis.maxMemory=plenty', /'\/redis\/maxMemory'/],
    ['mail.resources.limits.cpu=fast', /'\/mail\/resources\/limits\/cpu'.*/],
    ['tls.enabled=true', /'\/tls\/enabled': value must be false/],
    ['smtp.uri=mail:25', /'\/smtp\/uri'/],
    ['secret.create=false', /'secret' not allowed/],
  ] as const) {
    test(value, async () => {
      await assert.rejects(rendered({ set: [value] }), (error: Error) => message.test(error.message))
    })
  }
})
