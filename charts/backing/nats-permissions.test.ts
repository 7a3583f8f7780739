// Every NATS user can do exactly what the contracts say: the configurations of both profiles run in a real server, and every
// service asks it for every subject there is.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { answersOf, consumersOf, type ServiceTopology, services, settingName, streams } from '@deliveryflow/contracts'
import { managedProcess } from '@deliveryflow/local/managed'
import { findNatsServer } from '@deliveryflow/local/nats'
import { freePort } from '@deliveryflow/local/ports'
import { openProcesses } from '@deliveryflow/local/processes'
import { parse } from 'yaml'
import { findHelm, render } from '../helm.ts'
import { openProbe, type Probe } from './nats-probe.ts'

const chart = fileURLToPath(new URL('.', import.meta.url))
const helm = await findHelm().catch((error: Error) => error)
const skip = helm instanceof Error ? `needs helm: ${helm.message}` : false

const passwordOf = (user: string) => `p${user.replaceAll('-', '')}Password0`
const variableOf = (user: string) => `${settingName(user)}_PASSWORD`
const users = ['admin', 'sys', 'route', ...services.map(({ name }) => name)]

/** The configuration of the profile `light`, as its ConfigMap has it. */
const ofLight = async (): Promise<string> => {
  if (helm instanceof Error) throw helm
  const objects = await render(helm, chart)
  const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'nats')
  assert.ok(map, 'the chart renders no ConfigMap nats')
  return (map.data as Record<string, string>)['nats.conf'] ?? ''
}

/** What the official chart makes of our values: it merges them into its own, and takes the quotes off `<< $VARIABLE >>`. */
const ofOperators = async (): Promise<string> => {
  const values = parse(readFileSync(join(chart, 'generated/nats-values.yaml'), 'utf8')) as {
    config: { merge: object; cluster: { merge: object }; jetstream: { merge: object } }
  }
  const { merge, cluster, jetstream } = values.config
  const whole = {
    ...merge,
    server_name: '<< $POD_NAME >>',
    cluster: cluster.merge,
    jetstream: { ...jetstream.merge, store_dir: '/data' },
  }
  return JSON.stringify(whole, null, 2).replace(/"<< (\$\w+) >>"/g, '$1')
}

const inboxOf = (service: string) => `_INBOX.${service}.a1`
const apiOf = (verb: string, { stream, durable }: { stream: string; durable: string }) =>
  `$JS.API.CONSUMER.${verb}.${stream}.${durable}`
const acksOf = ({ stream, durable }: { stream: string; durable: string }) => [
  `$JS.ACK.${stream}.${durable}.1.7.7.1700000000000000000.0`,
  `$JS.ACK.hub.AbCd.${stream}.${durable}.1.7.7.1700000000000000000.0`,
]
const deadLetterOf = (service: string, stream: string) => `dlq.${service}.${stream.toLowerCase()}`

/** What a service may publish, read off the table of the system and not off the generated permissions. */
const mayPublish = (service: ServiceTopology): Set<string> =>
  new Set([
    ...[...service.says, ...service.calls].map(({ subject }) => subject),
    ...consumersOf(service).flatMap((consumer) => [
      apiOf('INFO', consumer),
      apiOf('MSG.NEXT', consumer),
      ...acksOf(consumer),
      deadLetterOf(service.name, consumer.stream),
      // Only a service that itself knows how far it came may set its consumer back.
      ...(consumer.stream === 'EVENTS' && service.owns.includes('postgres') ? [apiOf('RESET', consumer)] : []),
    ]),
    ...(service.name === 'audit' ? ['$JS.API.DIRECT.GET.EVENTS', '$JS.API.STREAM.INFO.EVENTS'] : []),
    ...(service.name === 'operations'
      ? [
          ...services.flatMap(consumersOf).map((consumer) => deadLetterOf(consumer.service, consumer.stream)),
          ...services.flatMap(consumersOf).map((consumer) => apiOf('INFO', consumer)),
          ...streams.flatMap(({ name }) => [`$JS.API.DIRECT.GET.${name}`, `$JS.API.STREAM.INFO.${name}`]),
          '$JS.API.STREAM.MSG.DELETE.DLQ',
        ]
      : []),
  ])

const discovery = ['$SRV.PING', '$SRV.INFO.order', '$SRV.>']

const mayHear = (service: ServiceTopology): Set<string> =>
  new Set([
    inboxOf(service.name),
    ...[...answersOf(service), ...(service.watches ?? [])].map(({ subject }) => subject),
    ...discovery,
  ])

const subjects = [
  ...new Set([
    ...services.flatMap((service) => [...mayPublish(service), ...mayHear(service)]),
    ...services.flatMap(({ hears }) => hears.map(({ subject }) => subject)),
    ...services
      .flatMap(consumersOf)
      .flatMap((consumer) => ['CREATE', 'DELETE', 'RESET', 'PAUSE'].map((verb) => apiOf(verb, consumer))),
    ...streams.flatMap(({ name }) => [
      ...['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'INFO', 'MSG.GET', 'MSG.DELETE'].map(
        (verb) => `$JS.API.STREAM.${verb}.${name}`,
      ),
      `$JS.API.DIRECT.GET.${name}`,
      `$JS.API.CONSUMER.CREATE.${name}`,
    ]),
    ...[
      '$JS.API.INFO',
      '$SYS.REQ.SERVER.PING',
      '$SYS.REQ.USER.INFO',
      '_INBOX.a1',
      'rpc.unknown',
      'events.unknown',
      'a',
    ],
  ]),
]
const patterns = [
  '>',
  '*',
  'events.>',
  'events.*',
  'commands.>',
  'jobs.>',
  'rpc.>',
  'dlq.>',
  '$JS.>',
  '_INBOX.>',
  '_INBOX.*.a1',
]

for (const [profile, configuration] of [
  ['light', ofLight],
  ['operators', ofOperators],
] as const) {
  suite(`the NATS users of the profile ${profile}`, { skip: profile === 'light' && skip }, () => {
    let port = 0
    let stop = async () => {}
    const probes: Probe[] = []
    const as = async (user: string) => {
      const probe = await openProbe(port, user, passwordOf(user))
      probes.push(probe)
      return probe
    }

    before(async () => {
      const dir = mkdtempSync(join(tmpdir(), 'nats-permissions-'))
      const file = join(dir, 'nats.conf')
      // The places are this machine's, here and by the server's options below; all else is as it is rendered.
      writeFileSync(file, (await configuration()).replace(/("?store_dir"?: )"?\/data"?/, `$1"${join(dir, 'data')}"`))
      const processes = await openProcesses(join(dir, 'logs'))
      stop = async () => {
        await processes.stop()
        rmSync(dir, { recursive: true })
      }
      const cluster = await freePort()
      port = await freePort(new Set([cluster]))
      const { path } = await findNatsServer({ processes, report: () => undefined })
      const places = ['--addr', '127.0.0.1', '--port', String(port), '--http_port', '-1', '--pid', join(dir, 'pid')]
      const args = ['--config', file, ...places, '--cluster', `nats://127.0.0.1:${cluster}`]
      // The other two nodes are not there: what a user may do is each server's own business.
      const routes = [cluster, 1, 2].map((at, i) => [`ROUTE_URL_${i}`, `"nats-route://route:x@127.0.0.1:${at}"`])
      const passwords = users.map((user) => [variableOf(user), passwordOf(user)])
      const env = { POD_NAME: 'nats-0', ...Object.fromEntries([...routes, ...passwords]) }
      await managedProcess({
        processes,
        program: { name: 'nats', command: path, args, env },
        answers: async () => (await openProbe(port, 'admin', passwordOf('admin'))).close(),
      }).start()
    })
    after(async () => {
      for (const probe of probes) probe.close()
      await stop()
    })

    for (const service of services) {
      test(`${service.name}: each of ${subjects.length} subjects, to publish and to hear`, async () => {
        const probe = await as(service.name)
        const allowed: Record<'publish' | 'subscribe', string[]> = { publish: [], subscribe: [] }
        for (const subject of subjects) {
          if (!subject.includes('>') && (await probe.publish(subject))) allowed.publish.push(subject)
        }
        for (const subject of [...subjects, ...patterns]) {
          if (await probe.subscribe(subject)) allowed.subscribe.push(subject)
        }
        assert.deepEqual(allowed.publish.sort(), [...mayPublish(service)].sort())
        assert.deepEqual(allowed.subscribe.sort(), [...mayHear(service)].sort())
      })
    }

    test('who answers a call may answer it once, and nobody else may', async () => {
      for (const answerer of services) {
        for (const { subject } of answersOf(answerer)) {
          const caller = services.find(({ calls }) => calls.some((call) => call.subject === subject))
          if (caller === undefined) continue // for people and dfctl only
          const [asking, answering] = [await as(caller.name), await as(answerer.name)]
          assert.ok(await answering.subscribe(subject))
          assert.ok(await asking.publish(subject, `${inboxOf(caller.name)}.1`))
          const reply = await answering.heard()
          assert.ok(await answering.publish(reply), `${answerer.name} answers ${subject}`)
          assert.ok(!(await answering.publish(reply)), `${answerer.name} answers ${subject} twice`)
          asking.close()
          answering.close()
        }
      }
    })

    test('a wrong password, no password and an unknown user are refused', async () => {
      for (const [user, pass] of [
        ['order', passwordOf('payment')],
        ['order', ''],
        ['', ''],
        ['nobody', 'x'],
        ['route', passwordOf('route')],
      ] as const) {
        await assert.rejects(openProbe(port, user, pass), /Authorization Violation/)
      }
    })

    test('the administrator may do all in its account, and hears nothing of the system', async () => {
      const [admin, system] = [await as('admin'), await as('sys')]
      for (const subject of subjects) assert.ok(await admin.subscribe(subject), subject)
      for (const probe of [admin, system]) assert.ok(await probe.subscribe('$SYS.ACCOUNT.*.CONNECT'))
      await as('order') // the system tells of it
      await system.heard()
      assert.ok(await admin.publish('a', 'first'))
      assert.equal(await admin.heard(), 'first')
    })
  })
}
