// The chart as Helm renders it: every service of the contracts has all its objects, every pod keeps the rules, wrong values are
// refused. What the objects do on a cluster is tests/cluster's.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import {
  consumerSettings,
  consumersOf,
  databaseOf,
  databases,
  type ServiceName,
  services,
  settingName,
} from '@deliveryflow/contracts'
import { readSettings, settingsSchema } from '@deliveryflow/kit/service/settings'
import { registry } from '@deliveryflow/services/registry'
import { parse } from 'yaml'
import { find, findHelm, has, lint, type Rendered, type Rendering, render, waysOut } from '../helm.ts'
import { type Container, containerOf, type Pod, problemsOfPod, templateOf } from '../pods.ts'

const chart = fileURLToPath(new URL('.', import.meta.url))
const helm = await findHelm().catch((error: Error) => error)
const skip = helm instanceof Error ? `needs helm: ${helm.message}` : false

const rendered = (rendering: Rendering = {}) =>
  helm instanceof Error ? Promise.reject(helm) : render(helm, chart, rendering)

/** What a pod's container finds in its environment: NAME → value, or the Secret and key it comes from. */
const environmentOf = (objects: readonly Rendered[], container: Container): Record<string, string> => {
  const maps = (container.envFrom ?? []).map(({ configMapRef }) => find(objects, 'ConfigMap', configMapRef.name).data)
  const own = (container.env ?? []).map(({ name, value, valueFrom }) => [
    name,
    value ?? `${valueFrom?.secretKeyRef.name}/${valueFrom?.secretKeyRef.key}`,
  ])
  return Object.assign({}, ...maps, Object.fromEntries(own))
}

/** Where the contracts say that each store of a service is: setting, Secret, Service and port. */
const places = {
  postgres: { setting: 'DATABASE_URL', url: 'postgres://u:p@postgres:5432/d', to: 'postgres:5432' },
  mongo: { setting: 'MONGODB_URL', url: 'mongodb://u:p@mongodb:27017/d', to: 'mongodb:27017' },
  redis: { setting: 'REDIS_URL', url: 'redis://:p@redis:6379', to: 'redis:6379' },
  smtp: { setting: 'SMTP_URL', url: 'smtp://mail:1025', to: 'mail:1025' },
} as const

for (const profile of [[], ['values-light.yaml']]) {
  suite(`deliveryflow ${profile[0] ?? 'values.yaml'}`, { skip }, () => {
    let objects: Rendered[] = []
    before(async () => {
      objects = await rendered({ values: profile })
    })

    test('helm lint finds nothing', async () => {
      assert.ok(!(helm instanceof Error))
      assert.match(await lint(helm, chart, profile), /0 chart\(s\) failed/)
    })

    test('every pod keeps the restricted standard, reads its root alone, has no token and has limits', () => {
      const pods = objects.flatMap((object) => templateOf(object) ?? [])
      assert.equal(pods.length, services.length + 3)
      assert.deepEqual(
        pods.flatMap((pod) => problemsOfPod(pod)),
        [],
      )
    })

    test('no two objects have one name', () => {
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
      assert.equal(new Set(names).size, names.length)
    })

    for (const service of services) {
      suite(service.name, () => {
        let pod: Pod
        let container: Container
        before(() => {
          const template = templateOf(find(objects, 'Deployment', service.name))
          assert.ok(template)
          pod = template
          container = containerOf(pod)
        })

        test('its pods are found by its Service, its budget, its policy and its spread', () => {
          const selectors = {
            Service: (find(objects, 'Service', service.name).spec as { selector: unknown }).selector,
            ...Object.fromEntries(
              ['PodDisruptionBudget', 'Deployment'].map((kind) => [
                kind,
                (find(objects, kind, service.name).spec as { selector: { matchLabels: unknown } }).selector.matchLabels,
              ]),
            ),
            NetworkPolicy: (
              find(objects, 'NetworkPolicy', service.name).spec as { podSelector: { matchLabels: unknown } }
            ).podSelector.matchLabels,
            spread: pod.spec.topologySpreadConstraints?.[0]?.labelSelector.matchLabels,
          }
          const expected = { 'app.kubernetes.io/name': service.name, 'app.kubernetes.io/instance': 'deliveryflow' }
          for (const [kind, selector] of Object.entries(selectors)) assert.deepEqual(selector, expected, kind)
          for (const [label, value] of Object.entries(expected)) assert.equal(pod.metadata.labels[label], value)
          assert.equal(pod.metadata.labels['app.kubernetes.io/part-of'], 'deliveryflow')
        })

        test('it runs its own image under its own account', () => {
          assert.equal(container.image, `deliveryflow/${service.name}:0.1.0`)
          assert.equal(pod.spec.serviceAccountName, service.name)
          assert.equal(find(objects, 'ServiceAccount', service.name).automountServiceAccountToken, false)
        })

        test('it is probed, and is given longer to end than a message to be acknowledged', () => {
          const health = container.ports?.find(({ name }) => name === 'health')
          assert.equal(health?.containerPort, 8081)
          for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
            const path = probe === 'livenessProbe' ? '/healthz' : '/readyz'
            assert.deepEqual(container[probe]?.httpGet, { path, port: 'health' }, probe)
          }
          assert.ok((pod.spec.terminationGracePeriodSeconds ?? 0) * 1000 > consumerSettings.ack_wait_ms)
        })

        test('its secrets come from where backing puts them', () => {
          const environment = environmentOf(objects, container)
          assert.equal(environment.NATS_PASSWORD, `nats-auth/${service.name}`)
          const secrets = {
            postgres: `postgres-${databaseOf(service)}/uri`,
            mongo: 'mongodb-review/uri',
            redis: 'redis-auth/uri',
            smtp: 'smtp/uri',
          }
          for (const [store, { setting }] of Object.entries(places)) {
            const owned = service.owns.find((one) => one === store)
            assert.equal(environment[setting], owned && secrets[owned], setting)
          }
        })

        test('the service accepts its settings, and knows each of them', async () => {
          const { default: definition } = await registry[service.name as ServiceName]()
          const environment: Record<string, string> = environmentOf(objects, container)
          for (const store of service.owns) environment[places[store].setting] = places[store].url
          for (const [name, from] of Object.entries(environment)) {
            const [secret = '', key = ''] = from.split('/')
            if (!/^deliveryflow-/.test(secret)) continue
            const { data } = find(objects, 'Secret', secret) as unknown as { data: Record<string, string> }
            environment[name] = Buffer.from(data[key] ?? '', 'base64').toString()
          }
          readSettings(service, definition.settings, environment)
          const known = [...Object.keys(settingsSchema(service, definition.settings).shape), 'HEALTH_PORT']
          assert.deepEqual(
            Object.keys(environment).filter((name) => !known.includes(name)),
            [],
          )
        })

        test('its policy leaves the ways to NATS, to its stores, to DNS and of the gateway to the pages, and no other', () => {
          const policy = find(objects, 'NetworkPolicy', service.name)
          assert.deepEqual((policy.spec as { policyTypes: string[] }).policyTypes, ['Ingress', 'Egress'])
          assert.deepEqual(
            waysOut(policy).sort(),
            [
              ...['anywhere:53', 'anywhere:53', 'nats:4222'],
              ...service.owns.map((store) => places[store].to),
              ...(service.name === 'api-gateway' ? ['web:8081'] : []),
            ].sort(),
          )
        })
      })
    }

    test('what no policy names is denied', () => {
      const deny = find(objects, 'NetworkPolicy', 'deliveryflow-default-deny')
      assert.deepEqual(deny.spec, {
        podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'deliveryflow' } },
        policyTypes: ['Ingress', 'Egress'],
      })
    })

    test('the API alone is reached from everywhere', () => {
      for (const { name } of services) {
        const { ingress } = find(objects, 'NetworkPolicy', name).spec as {
          ingress: { from?: unknown[]; ports: { port: string }[] }[]
        }
        const open = ingress
          .filter(({ from }) => from === undefined)
          .flatMap(({ ports }) => ports.map(({ port }) => port))
        assert.deepEqual(open, name === 'api-gateway' ? ['http'] : [], name)
      }
    })

    test('setup comes before the services, and needs nothing of the release', () => {
      const isHook = (object: Rendered) => object.metadata.annotations?.['helm.sh/hook'] === 'pre-install,pre-upgrade'
      const weight = (object: Rendered) => Number(object.metadata.annotations?.['helm.sh/hook-weight'])
      const account = find(objects, 'ServiceAccount', 'deliveryflow-setup')
      const policy = find(objects, 'NetworkPolicy', 'deliveryflow-setup')
      const { matchLabels } = (policy.spec as { podSelector: { matchLabels: Record<string, string> } }).podSelector
      assert.deepEqual(waysOut(policy).sort(), ['anywhere:53', 'anywhere:53', 'nats:4222', 'postgres:5432'])
      for (const name of ['deliveryflow-streams', 'deliveryflow-migrate']) {
        const job = find(objects, 'Job', name)
        const pod = templateOf(job)
        assert.ok(isHook(job) && pod)
        assert.equal(pod.spec.serviceAccountName, account.metadata.name)
        for (const [label, value] of Object.entries(matchLabels)) assert.equal(pod.metadata.labels[label], value)
        assert.equal(containerOf(pod).image, 'deliveryflow/order:0.1.0')
        for (const earlier of [account, policy]) assert.ok(isHook(earlier) && weight(earlier) < weight(job))
      }
    })

    test('the setup is given every database, and NATS as its administrator', () => {
      const environment = (name: string) => {
        const pod = templateOf(find(objects, 'Job', name))
        assert.ok(pod)
        return environmentOf(objects, containerOf(pod))
      }
      assert.deepEqual(
        environment('deliveryflow-migrate'),
        Object.fromEntries(databases.map((name) => [`${settingName(name)}__DATABASE_URL`, `postgres-${name}/uri`])),
      )
      assert.deepEqual(environment('deliveryflow-streams'), {
        NATS_URL: 'nats://nats:4222',
        NATS_PASSWORD: 'nats-auth/admin',
      })
    })

    test('without what is installed apart there is nothing of its kinds', () => {
      const kinds = new Set(objects.map(({ kind }) => kind))
      for (const kind of ['ScaledObject', 'PodMonitor', 'HTTPRoute', 'Ingress']) assert.ok(!kinds.has(kind), kind)
    })
  })
}

suite('deliveryflow with other values', { skip }, () => {
  const keda = 'keda.sh/v1alpha1'

  test('with TLS everybody who connects trusts the authority of the backing', async () => {
    const objects = await rendered({ set: ['tls.enabled=true'] })
    const pods = objects.flatMap((object) => templateOf(object) ?? [])
    const connecting = pods.filter(({ spec }) => spec.serviceAccountName !== 'web')
    assert.equal(connecting.length, services.length + 2)
    for (const pod of connecting) {
      const container = containerOf(pod) as { env?: unknown[]; volumeMounts?: unknown }
      const authority = '/etc/authority'
      assert.ok(
        container.env?.some((one) =>
          isDeepStrictEqual(one, { name: 'NODE_EXTRA_CA_CERTS', value: `${authority}/ca.crt` }),
        ),
      )
      assert.deepEqual(container.volumeMounts, [{ name: 'authority', mountPath: authority, readOnly: true }])
      const { volumes } = pod.spec as { volumes?: unknown }
      const items = [{ key: 'ca.crt', path: 'ca.crt' }]
      assert.deepEqual(volumes, [{ name: 'authority', secret: { secretName: 'backing-ca', items } }])
    }
    assert.equal((find(objects, 'ConfigMap', 'order').data as { NATS_URL: string }).NATS_URL, 'tls://nats:4222')
  })

  test('production has two of each at least, light one', async () => {
    for (const [values, least] of [
      [[], 2],
      [['values-light.yaml'], 1],
    ] as const) {
      const objects = await rendered({ values })
      for (const { name } of services) {
        const { replicas } = find(objects, 'Deployment', name).spec as { replicas?: number }
        const scaler = objects.find(
          ({ kind, metadata }) => kind === 'HorizontalPodAutoscaler' && metadata.name === name,
        )
        const { minReplicas } = (scaler?.spec ?? {}) as { minReplicas?: number }
        assert.equal(replicas ?? minReplicas, least, name)
        assert.equal(
          replicas === undefined,
          scaler !== undefined,
          `${name}: a release and a scaler both set its number`,
        )
      }
    }
  })

  test('the light profile asks for less than 1.6 GiB and 0.4 processors', async () => {
    const pods = (await rendered({ values: ['values-light.yaml'] })).filter(({ kind }) => kind === 'Deployment')
    const requests = pods.map((object) => {
      const pod = templateOf(object)
      assert.ok(pod)
      return containerOf(pod).resources.requests
    })
    const sum = (of: 'cpu' | 'memory') =>
      requests.reduce((total, request) => total + Number.parseInt(request[of] ?? '', 10), 0)
    assert.ok(sum('memory') < 1638, `${sum('memory')} Mi`)
    assert.ok(sum('cpu') < 400, `${sum('cpu')} m`)
  })

  test('with KEDA workers are scaled by the messages that wait for them', async () => {
    const objects = await rendered({ apis: [keda] })
    const { spec } = find(objects, 'ScaledObject', 'notification-worker') as unknown as {
      spec: { maxReplicaCount: number; triggers: { type: string; metadata: Record<string, string> }[] }
    }
    assert.equal(spec.maxReplicaCount, 10)
    const worker = services.find(({ name }) => name === 'notification-worker')
    assert.ok(worker)
    assert.deepEqual(
      spec.triggers.map(({ metadata: { stream, consumer } }) => ({ stream, consumer })),
      consumersOf(worker).map(({ stream, durable }) => ({ stream, consumer: durable })),
    )
    for (const { metadata } of spec.triggers) {
      assert.equal(metadata.natsServerMonitoringEndpoint, 'nats-headless.shop.svc.cluster.local:8222')
      assert.equal(metadata.lagThreshold, '50')
    }
    const { replicas } = find(objects, 'Deployment', 'notification-worker').spec as { replicas?: number }
    assert.equal(replicas, undefined)
  })

  test('with KEDA a service has one scaler, also by processor', async () => {
    const objects = await rendered({ apis: [keda], set: ['services.notification-worker.autoscaling.cpu.enabled=true'] })
    assert.ok(!has(objects, 'HorizontalPodAutoscaler', 'notification-worker'))
    const { triggers } = find(objects, 'ScaledObject', 'notification-worker').spec as { triggers: { type: string }[] }
    assert.deepEqual(
      triggers.map(({ type }) => type),
      ['nats-jetstream', 'cpu'],
    )
  })

  test('without KEDA dfctl autoscale does it, where that is asked for, with the right to those scales alone', async () => {
    const set = [
      'autoscaler.enabled=true',
      'services.audit.autoscaling.lag.enabled=true',
      'services.audit.autoscaling.max=3',
    ]
    const objects = await rendered({ set })
    const pod = templateOf(find(objects, 'Deployment', 'autoscaler'))
    assert.ok(pod)
    assert.deepEqual(problemsOfPod(pod), ['autoscaler: has a token for the API server'])
    const { args, image, livenessProbe } = containerOf(pod) as Container & { args: string[] }
    assert.equal(image, 'deliveryflow/dfctl:0.1.0')
    assert.ok(livenessProbe)
    assert.deepEqual(args.slice(0, 3), ['autoscale', 'audit=2..3@100', 'notification-worker=2..10@50'])
    const { rules } = find(objects, 'Role', 'autoscaler') as unknown as { rules: unknown }
    assert.deepEqual(rules, [
      {
        apiGroups: ['apps'],
        resources: ['deployments/scale'],
        resourceNames: ['audit', 'notification-worker'],
        verbs: ['get', 'patch'],
      },
    ])
    for (const name of ['audit', 'notification-worker'])
      assert.equal((find(objects, 'Deployment', name).spec as { replicas?: number }).replicas, undefined, name)
    assert.deepEqual(waysOut(find(objects, 'NetworkPolicy', 'autoscaler')).sort(), [
      'anywhere:443',
      'anywhere:53',
      'anywhere:53',
      'anywhere:6443',
      'nats:8222',
    ])
    for (const rendering of [{}, { set, apis: [keda] }])
      assert.ok(!has(await rendered(rendering), 'Deployment', 'autoscaler'), 'two would decide')
  })

  test('a PodMonitor where its operator is', async () => {
    const { spec } = find(await rendered({ apis: ['monitoring.coreos.com/v1'] }), 'PodMonitor', 'deliveryflow')
    assert.deepEqual((spec as { podMetricsEndpoints: unknown }).podMetricsEndpoints, [
      { port: 'health', path: '/metrics', interval: '30s' },
    ])
  })

  test('HTTPRoute and Ingress lead to the API', async () => {
    const set = [
      'gateway.httpRoute.enabled=true',
      'gateway.httpRoute.parentRefs[0].name=public',
      'gateway.ingress.enabled=true',
      'gateway.ingress.hosts[0]=shop.example',
    ]
    const objects = await rendered({ set })
    const { rules } = find(objects, 'HTTPRoute', 'api-gateway').spec as { rules: { backendRefs: unknown }[] }
    assert.deepEqual(rules[0]?.backendRefs, [{ name: 'api-gateway', port: 80 }])
    assert.match(
      JSON.stringify(find(objects, 'Ingress', 'api-gateway').spec),
      /"host":"shop\.example".*"name":"api-gateway"/,
    )
  })

  test('the end of a gateway waits for proxies also where sleep is not known', async () => {
    const hook = async (kubernetes: string) => {
      const pod = templateOf(find(await rendered({ kubernetes }), 'Deployment', 'api-gateway'))
      assert.ok(pod)
      return Object.keys(containerOf(pod).lifecycle?.preStop ?? {})
    }
    assert.deepEqual(await hook('1.34.0'), ['sleep'])
    assert.deepEqual(await hook('1.29.4'), ['exec'])
  })

  test('a changed setting restarts the pods of its service and of no other', async () => {
    const changed = await rendered({ set: ['services.order.env.RPC_CONCURRENCY=32'] })
    const plain = await rendered()
    const different = services.filter(({ name }) => {
      const [one, other] = [plain, changed].map((objects) => JSON.stringify(find(objects, 'Deployment', name)))
      return one !== other
    })
    assert.deepEqual(
      different.map(({ name }) => name),
      ['order'],
    )
  })

  test('large numbers stay as they were written', async () => {
    const objects = await rendered({ set: ['services.api-gateway.env.RATE_LIMIT_PER_MINUTE=1000000'] })
    assert.equal(
      (find(objects, 'ConfigMap', 'api-gateway').data as Record<string, string>).RATE_LIMIT_PER_MINUTE,
      '1000000',
    )
  })

  test('another place for a store, and another Secret for its URL', async () => {
    const objects = await rendered({
      set: [
        'networkPolicy.stores.mail.to[0].ipBlock.cidr=192.0.2.0/24',
        'networkPolicy.stores.mail.ports[0]=587',
        'services.order.secretEnv.DATABASE_URL.secret=managed',
        'services.order.secretEnv.DATABASE_URL.key=url',
      ],
    })
    const worker = find(objects, 'NetworkPolicy', 'notification-worker')
    assert.ok(waysOut(worker).includes('anywhere:587') && !waysOut(worker).includes('mail:1025'))
    const pod = templateOf(find(objects, 'Deployment', 'order'))
    assert.ok(pod)
    assert.equal(environmentOf(objects, containerOf(pod)).DATABASE_URL, 'managed/url')
  })

  test('audit archives where it is told, with the keys of a Secret and a way to the port', async () => {
    const endpoint = 'audit.archive.endpoint=http://minio.storage:9000'
    const archive = 'audit.archive.url=s3://history/shop'
    const audit = async (set: string[]) => {
      const objects = await rendered({ set })
      const pod = templateOf(find(objects, 'Deployment', 'audit'))
      assert.ok(pod)
      const order = templateOf(find(objects, 'Deployment', 'order'))
      assert.ok(order && !('ARCHIVE_URL' in environmentOf(objects, containerOf(order))))
      const ways = waysOut(find(objects, 'NetworkPolicy', 'audit')).filter((way) => !/:(53|4222|5432)$/.test(way))
      const environment = Object.entries(environmentOf(objects, containerOf(pod)))
      return { ways, settings: Object.fromEntries(environment.filter(([name]) => /^(ARCHIVE|AWS)_/.test(name))) }
    }
    assert.deepEqual(await audit([endpoint]), { ways: [], settings: {} })
    const amazon = { ARCHIVE_URL: 's3://history/shop', ARCHIVE_REGION: 'us-east-1' }
    assert.deepEqual(await audit([archive]), { ways: ['anywhere:443'], settings: amazon })
    const own = [archive, endpoint, 'audit.archive.region=here', 'audit.archive.existingSecret=bucket']
    assert.deepEqual(await audit(own), {
      ways: ['anywhere:9000'],
      settings: {
        ...{ ARCHIVE_URL: 's3://history/shop', ARCHIVE_ENDPOINT: 'http://minio.storage:9000', ARCHIVE_REGION: 'here' },
        ...{ AWS_ACCESS_KEY_ID: 'bucket/access-key-id', AWS_SECRET_ACCESS_KEY: 'bucket/secret-access-key' },
      },
    })
    const minio = 'podSelector.matchLabels.app\\.kubernetes\\.io/name=minio'
    const { ways } = await audit([...own, `networkPolicy.stores.archive.to[0].${minio}`])
    assert.deepEqual(ways, ['minio:9000'])
  })

  test('an own registry and tag stand in every image', async () => {
    const objects = await rendered({ set: ['image.registry=registry.example:5000', 'image.tag=abc'] })
    const images = objects.flatMap((object) => {
      const pod = templateOf(object)
      return pod ? [containerOf(pod).image] : []
    })
    for (const image of images) assert.match(image, /^registry\.example:5000\/deliveryflow\/[a-z-]+:abc$/)
  })

  for (const [value, message] of [
    ['services.ordr.replicas=2', /'\/services'.*'ordr' not allowed/],
    ['services.order.replica=2', /'\/services\/order'.*'replica' not allowed/],
    ['services.order.replicas=two', /'\/services\/order\/replicas': got string, want integer/],
    ['services.order.replicas=-1', /'\/services\/order\/replicas': minimum/],
    ['services.order.env.database=x', /'\/services\/order\/env'.*'database' not allowed/],
    ['services.order.env.DATABASE_URL=x', /services\.order\.env\.DATABASE_URL: the chart sets DATABASE_URL itself/],
    ['services.order.resources.limits.memory=12Q', /'\/services\/order\/resources\/limits\/memory'.*12Q/],
    ['services.order.resources.limits.mem=1Mi', /'\/services\/order\/resources\/limits'.*'mem' not allowed/],
    ['services.order.terminationGracePeriodSeconds=5', /minimum: got 5, want 15/],
    ['services.order.autoscaling.min=9', /services\.order\.autoscaling: min \(9\) must not be above max \(6\)/],
    [
      'services.identity.autoscaling.lag.enabled=true',
      /services\.identity\.autoscaling\.lag: this service has no queue/,
    ],
    ['services.order.podDisruptionBudget.maxUnavailable=0', /'\/services\/order\/podDisruptionBudget\/maxUnavailable'/],
    ['setup.streams.replicas=2', /'\/setup\/streams\/replicas'.*1, 3, 5/],
    ['image.tag=a+b', /'\/image\/tag'.*a\+b/],
    ['gateway.httpRoute.enabled=true', /'\/gateway\/httpRoute\/parentRefs': minItems/],
    [
      'services.api-gateway.env.WEB_URL=http://pages',
      /services\.api-gateway\.env\.WEB_URL: the chart sets WEB_URL itself/,
    ],
    ['gateway.publicUrl=shop.example', /'\/gateway\/publicUrl'/],
    ['web.env.HTTP_PORT=80', /'\/web'.*'env' not allowed/],
    ['web.autoscaling.lag.enabled=true', /'\/web\/autoscaling'.*'lag' not allowed/],
    ['web.autoscaling.min=9', /web\.autoscaling: min \(9\) must not be above max \(4\)/],
    ['nats.url=nats://admin:secret@nats:4222', /'\/nats\/url'/],
    ['audit.archive.url=file:///history', /'\/audit\/archive\/url'/],
    ['audit.archive.endpoint=http://user:secret@minio', /'\/audit\/archive\/endpoint'/],
    ['networkPolicy.stores.oracle.ports[0]=1', /'\/networkPolicy\/stores'.*'oracle' not allowed/],
    ['nonsense=1', /'nonsense' not allowed/],
  ] as const) {
    test(`${value} is refused with where and why`, async () => {
      await assert.rejects(rendered({ set: [value] }), (error: Error) => message.test(error.message))
    })
  }

  test('the schema and the values know the services of the contracts and no other', () => {
    const read = (file: string) => readFileSync(`${chart}${file}`, 'utf8')
    const names = services.map(({ name }) => name).sort()
    const schema = JSON.parse(read('values.schema.json')) as { properties: { services: { properties: object } } }
    assert.deepEqual(Object.keys(schema.properties.services.properties).sort(), names)
    const values = parse(read('values.yaml')) as { services: object }
    assert.deepEqual(Object.keys(values.services).sort(), names)
  })

  test('the chart has the version of the repository', () => {
    const { version } = JSON.parse(readFileSync(`${chart}../../package.json`, 'utf8')) as { version: string }
    const about = parse(readFileSync(`${chart}Chart.yaml`, 'utf8')) as { version: string; appVersion: string }
    assert.deepEqual([about.version, about.appVersion], [version, version])
  })

  test('an old Kubernetes is refused', async () => {
    await assert.rejects(rendered({ kubernetes: '1.28.3' }), /requires kubeVersion: >=1\.29/)
  })
})
