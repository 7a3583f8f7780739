// The profile `operators` on a real cluster: PostgreSQL that fails over under load, and workers that KEDA scales by what waits.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { databases } from '@deliveryflow/contracts'
import { findHelm, render } from '../../charts/helm.ts'
import { type Client, orderOf, password, signIn, until } from '../client.ts'
import { issueCertificates } from './certificates.ts'
import { dfctl, dfctlJson, kubectl, secret, tryDfctl } from './command.ts'
import { gateway, healthy, invariantsHold, openShop, settings, startLoad } from './installation.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const natsChart = process.env.DF_TEST_NATS_CHART
const deployOptions = [
  ...['--profile', 'operators', '--wait', '--timeout', '10m', ...settings],
  ...['--values', file('../../charts/deliveryflow/values-light.yaml'), '--values', file('operators.yaml')],
  ...(natsChart ? ['--nats-chart', natsChart] : []),
]

const worker = 'notification-worker'
const most = 4

const field = (what: string, path: string) => kubectl(['get', what, '-o', `jsonpath={${path}}`])
const replicas = async () => Number(await field(`deployment/${worker}`, '.status.readyReplicas'))

describe('the profile operators', () => {
  let thing: string
  let customers: Client[]

  let hasCertManager: boolean

  before(async () => {
    const deployments = await kubectl(['get', 'deployments', '--all-namespaces', '-o', 'name'])
    hasCertManager = /cert-manager/.test(deployments)
    await tryDfctl('undeploy', '--purge', '--yes')
  })
  after(async () => {
    await tryDfctl('undeploy', '--purge', '--yes')
  })

  it('is made from nothing with encrypted connections, up to an order that is paid', async (test) => {
    const done = new AbortController()
    const certificates = hasCertManager ? Promise.resolve() : issueCertificates(done.signal)
    const deploy = dfctl('deploy', ...deployOptions).finally(() => done.abort())
    const [{ seconds, stderr }] = await Promise.all([deploy, certificates])
    assert.match(stderr, /order .* paid in/)
    test.diagnostic(`dfctl deploy to the first PAID order: ${seconds.toFixed(0)} s`)
    const shop = await openShop()
    thing = shop.thing
    customers = shop.customers
  })

  it('has three instances of PostgreSQL, with a database and a role for each service, and NATS by its own chart', async (test) => {
    const begun = performance.now()
    const instances = async () => (await field('cluster/postgres', '.status.readyInstances')) === '3'
    await until('three instances are ready', instances, 240)
    test.diagnostic(`three instances ${((performance.now() - begun) / 1000).toFixed(0)} s after that`)
    const applied = (await field('databases', '.items[*].status.applied')).split(' ')
    assert.deepEqual(
      applied,
      databases.map(() => 'true'),
    )
    const roles = await field('cluster/postgres', '.status.managedRolesStatus.byStatus.reconciled[*]')
    assert.equal(roles.split(' ').length, databases.length)
    assert.match(await field('configmap/order', '.data.NATS_URL'), /^tls:/)
    assert.match(await secret('postgres-order', 'uri'), /sslmode=verify-full/)
    assert.match(await field('statefulset/nats', '.metadata.labels.helm\\.sh/chart'), /^nats-2\.14/)
    await healthy()
  })

  it('loses no order when the primary of PostgreSQL is killed under load', async (test) => {
    const primary = await field('cluster/postgres', '.status.currentPrimary')
    const load = startLoad(customers, thing, 8)
    await sleep(3000)
    await kubectl(['delete', 'pod', primary, '--grace-period=1', '--wait=false'])
    const killed = performance.now()
    const isPromoted = async () => (await field('cluster/postgres', '.status.currentPrimary')) !== primary
    await until('another instance is promoted', isPromoted, 90)
    const promoted = performance.now()
    const [someone] = customers
    assert.ok(someone)
    const isServed = async () => (await someone.post('/api/orders', orderOf(thing))).status === 201
    await until('orders are taken again', isServed, 90)
    const after = (end: number) => `${((end - killed) / 1000).toFixed(1)} s`
    test.diagnostic(`after the kill: promoted in ${after(promoted)}, orders taken in ${after(performance.now())}`)
    await sleep(5000)
    const { accepted, complaints } = await load.stop()
    test.diagnostic(`${accepted.length} orders accepted meanwhile, ${complaints.length} calls refused`)
    await healthy(180)
    await invariantsHold(accepted)
  })

  it('scales its workers by what waits for them, and back', async (test) => {
    await until('nothing is left for more than one worker', async () => (await replicas()) === 1, 180)
    const load = startLoad(customers, thing, 25)
    const begun = performance.now()
    try {
      await until(`there are ${most} workers`, async () => (await replicas()) === most, 120)
    } finally {
      test.diagnostic(`${await replicas()} workers after ${((performance.now() - begun) / 1000).toFixed(0)} s of load`)
    }
    const { accepted, complaints } = await load.stop()
    assert.deepEqual(complaints, [])
    await until('one worker is left', async () => (await replicas()) === 1, 180)
    await invariantsHold(accepted)
  })

  it('holds its workers where dfctl scale pins them, also under load, until it is told otherwise', async () => {
    const scale = async () => (await dfctlJson<{ by: string; pinned: number | null }[]>('scale', worker))[0]
    await dfctl('scale', `${worker}=2`, '--wait')
    assert.deepEqual(pick(await scale()), { by: 'keda', pinned: 2 })
    const load = startLoad(customers, thing, 25)
    for (let second = 0; second < 30; second++) {
      assert.equal(await field(`deployment/${worker}`, '.spec.replicas'), '2')
      await sleep(1000)
    }
    await dfctl('scale', worker, '--auto')
    assert.deepEqual(pick(await scale()), { by: 'keda', pinned: null })
    await until('there are more workers again', async () => (await replicas()) > 2, 120)
    await invariantsHold((await load.stop()).accepted)
  })

  it('keeps its data when it is removed and installed again', async () => {
    await dfctl('undeploy', '--yes')
    await dfctl('deploy', ...deployOptions)
    const someone = await signIn(gateway, customers[0]?.email ?? '', password)
    const { status, body } = await someone.get('/api/orders')
    assert.equal(status, 200)
    assert.ok(body.items.length > 0)
  })

  it('asks the operators that do not run here for nothing that their resources do not have', async (test) => {
    const kinds = {
      MongoDBCommunity: 'mongodbcommunity.mongodbcommunity.mongodb.com',
      Issuer: 'issuers.cert-manager.io',
      Certificate: 'certificates.cert-manager.io',
      HTTPRoute: 'httproutes.gateway.networking.k8s.io',
      PodMonitor: 'podmonitors.monitoring.coreos.com',
    }
    const served = await kubectl(['get', 'customresourcedefinitions', '-o', 'name'])
    const helm = await findHelm()
    const apis = ['monitoring.coreos.com/v1', 'gateway.networking.k8s.io/v1', 'cert-manager.io/v1']
    const chart = (name: string) => file(`../../charts/${name}/`)
    const all = [
      ...(await render(helm, chart('deliveryflow'), {
        apis,
        set: ['gateway.httpRoute.enabled=true', 'gateway.httpRoute.parentRefs[0].name=public'],
      })),
      ...(await render(helm, chart('backing'), {
        values: ['values-operators.yaml'],
        set: ['smtp.uri=smtp://mail:25', 'tls.enabled=true'],
        apis,
      })),
    ]
    for (const [kind, definition] of Object.entries(kinds)) {
      if (!served.includes(`/${definition}\n`)) {
        test.diagnostic(`${kind}: not checked, ${definition} is not there`)
        continue
      }
      const some = all.filter((object) => object.kind === kind)
      assert.ok(some.length > 0, kind)
      const list = { apiVersion: 'v1', kind: 'List', items: some }
      await kubectl(['apply', '--dry-run=server', '-f', '-'], JSON.stringify(list))
      test.diagnostic(`${kind}: ${some.length} accepted by the real definition`)
    }
  })

  it('is removed without a trace', async () => {
    const { stderr, stdout } = await dfctl('undeploy', '--purge', '--yes')
    assert.match(`${stdout}${stderr}`, /Left: nothing/)
  })
})

const pick = (row: { by: string; pinned: number | null } | undefined) => row && { by: row.by, pinned: row.pinned }
