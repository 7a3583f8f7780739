// The pages as the chart renders them: found by their own objects, reached through the gateway alone, and left out where nobody wants them.
import assert from 'node:assert/strict'
import { before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { find, findHelm, type Rendered, type Rendering, render, waysOut } from '../helm.ts'
import { type Container, containerOf, type Pod, templateOf } from '../pods.ts'

const chart = fileURLToPath(new URL('.', import.meta.url))
const helm = await findHelm().catch((error: Error) => error)
const skip = helm instanceof Error ? `needs helm: ${helm.message}` : false

const rendered = (rendering: Rendering = {}) =>
  helm instanceof Error ? Promise.reject(helm) : render(helm, chart, rendering)

const podOf = (objects: readonly Rendered[], name: string): Pod => {
  const pod = templateOf(find(objects, 'Deployment', name))
  assert.ok(pod)
  return pod
}

const settingsOf = (objects: readonly Rendered[], name: string) =>
  find(objects, 'ConfigMap', name).data as Record<string, string>

for (const profile of [[], ['values-light.yaml']]) {
  suite(`the pages, ${profile[0] ?? 'values.yaml'}`, { skip }, () => {
    let objects: Rendered[] = []
    let pod: Pod
    let container: Container
    before(async () => {
      objects = await rendered({ values: profile })
      pod = podOf(objects, 'web')
      container = containerOf(pod)
    })

    test('their pods are found by their Service, their budget, their policy and their spread', () => {
      const specOf = (kind: string) => find(objects, kind, 'web').spec as Record<string, Record<string, unknown>>
      const selectors = {
        Service: specOf('Service').selector,
        Deployment: specOf('Deployment').selector?.matchLabels,
        PodDisruptionBudget: specOf('PodDisruptionBudget').selector?.matchLabels,
        NetworkPolicy: specOf('NetworkPolicy').podSelector?.matchLabels,
        spread: pod.spec.topologySpreadConstraints?.[0]?.labelSelector.matchLabels,
      }
      const expected = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'deliveryflow' }
      for (const [kind, selector] of Object.entries(selectors)) assert.deepEqual(selector, expected, kind)
      for (const [label, value] of Object.entries(expected)) assert.equal(pod.metadata.labels[label], value)
    })

    test('they have their own image and account, and no settings', () => {
      assert.equal(container.image, 'deliveryflow/web:0.1.0')
      assert.equal(pod.spec.serviceAccountName, 'web')
      assert.equal(find(objects, 'ServiceAccount', 'web').automountServiceAccountToken, false)
      assert.deepEqual([container.env, container.envFrom], [undefined, undefined])
    })

    test('they are probed where they listen, and answer until everybody has forgotten them', () => {
      for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
        assert.deepEqual(container[probe]?.httpGet, { path: '/healthz', port: 'http' }, probe)
      assert.deepEqual(container.lifecycle, { preStop: { sleep: { seconds: 5 } } })
    })

    test('the gateway alone reaches them, where it is told that they are, and they reach nobody', () => {
      const { WEB_URL = '' } = settingsOf(objects, 'api-gateway')
      const { hostname, port } = new URL(WEB_URL)
      const { ports } = find(objects, 'Service', hostname).spec as { ports: { port: number; targetPort: string }[] }
      const [{ targetPort } = { targetPort: '' }] = ports.filter((one) => one.port === Number(port || 80))
      const listens = container.ports?.find(({ name }) => name === targetPort)?.containerPort
      assert.ok(waysOut(find(objects, 'NetworkPolicy', 'api-gateway')).includes(`web:${listens}`))

      const policy = find(objects, 'NetworkPolicy', 'web')
      const { policyTypes, ingress } = policy.spec as { policyTypes: string[]; ingress: unknown }
      const matchLabels = {
        'app.kubernetes.io/name': 'api-gateway',
        'app.kubernetes.io/instance': 'deliveryflow',
      }
      assert.deepEqual(policyTypes, ['Ingress', 'Egress'])
      assert.deepEqual(ingress, [
        { from: [{ podSelector: { matchLabels } }], ports: [{ protocol: 'TCP', port: targetPort }] },
      ])
      assert.deepEqual(waysOut(policy), [])
    })
  })
}

suite('the pages with other values', { skip }, () => {
  test('production has two at least, by load; light has one', async () => {
    const production = await rendered()
    const scaler = find(production, 'HorizontalPodAutoscaler', 'web').spec as { minReplicas: number }
    const replicas = (objects: readonly Rendered[]) =>
      (find(objects, 'Deployment', 'web').spec as { replicas?: number }).replicas
    assert.deepEqual([scaler.minReplicas, replicas(production)], [2, undefined])
    const light = await rendered({ values: ['values-light.yaml'] })
    assert.equal(replicas(light), 1)
    assert.ok(!light.some(({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === 'web'))
  })

  test('without them nothing of theirs is there, and the gateway is the API alone', async () => {
    const objects = await rendered({ set: ['web.enabled=false'] })
    assert.deepEqual(
      objects.filter(({ metadata }) => metadata.name === 'web').map(({ kind }) => kind),
      [],
    )
    assert.ok(!('WEB_URL' in settingsOf(objects, 'api-gateway')))
    assert.ok(!waysOut(find(objects, 'NetworkPolicy', 'api-gateway')).some((way) => way.startsWith('web:')))
    const elsewhere = ['web.enabled=false', 'services.api-gateway.env.WEB_URL=http://pages.elsewhere']
    assert.equal(settingsOf(await rendered({ set: elsewhere }), 'api-gateway').WEB_URL, 'http://pages.elsewhere')
  })

  test('links in letters lead to the public address, or where the worker is told', async () => {
    const linked = async (...set: string[]) => settingsOf(await rendered({ set }), 'notification-worker').PUBLIC_URL
    assert.equal(await linked(), 'https://deliveryflow.example')
    assert.equal(await linked('gateway.publicUrl=https://shop.example'), 'https://shop.example')
    const own = 'services.notification-worker.env.PUBLIC_URL=https://letters.example'
    assert.equal(await linked('gateway.publicUrl=https://shop.example', own), 'https://letters.example')
  })

  test('what all services are told of places holds for them too, their own image comes first', async () => {
    const set = ['defaults.nodeSelector.disk=ssd', 'web.image=registry.example/pages:7', 'web.podAnnotations.team=shop']
    const pod = podOf(await rendered({ set }), 'web')
    assert.deepEqual((pod.spec as { nodeSelector?: unknown }).nodeSelector, { disk: 'ssd' })
    assert.equal(containerOf(pod).image, 'registry.example/pages:7')
    assert.deepEqual(pod.metadata.annotations, { team: 'shop' })
  })
})
