// Pods as Kubernetes reports them, and what is said of them.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { Cluster } from '../cluster/client.ts'
import { restartsOf, troubleOf } from './pods.ts'

/** An API server that has one log and one event. */
const api = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://api')
  if (url.pathname.endsWith('/log')) {
    const previous = url.searchParams.get('previous') === 'true'
    response.setHeader('content-type', 'text/plain')
    response.end(previous ? 'starting\n{"level":"fatal","msg":"cannot start","err":{"message":"NATS refuses"}}\n' : '')
    return
  }
  response.setHeader('content-type', 'application/json')
  const event = (lastTimestamp: string, message: string) => ({
    metadata: {},
    involvedObject: {},
    lastTimestamp,
    message,
  })
  response.end(
    JSON.stringify({
      kind: 'EventList',
      items: [event('2026-11-21T10:00:09Z', 'Readiness probe failed: 503'), event('2026-11-21T10:00:01Z', 'older')],
    }),
  )
})

let cluster: Cluster
before(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const address = api.address()
  assert.ok(typeof address === 'object' && address)
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'x', server: `http://127.0.0.1:${address.port}`, skipTLSVerify: true },
    { name: 'x' },
  )
  cluster = { config, core: config.makeApiClient(CoreV1Api), namespace: 'x' } as unknown as Cluster
})
after(() => api.close())

const pod = (status: V1Pod['status'], container: Partial<V1ContainerStatus> = {}): V1Pod => ({
  metadata: { name: 'order-1' },
  status: {
    phase: 'Running',
    ...status,
    containerStatuses: [{ name: 'order', image: 'order:9', imageID: '', ready: false, restartCount: 0, ...container }],
  },
})

const waiting = (reason: string, message?: string) => ({ state: { waiting: { reason, ...(message && { message }) } } })

test('a ready pod and one that ended well have no trouble', async () => {
  assert.equal(await troubleOf(cluster, pod({ conditions: [{ type: 'Ready', status: 'True' }] })), null)
  assert.equal(await troubleOf(cluster, pod({ phase: 'Succeeded' })), null)
})

test('an image that does not exist, a Secret that is missing, a node that is full: each lasts and is named', async () => {
  const image = await troubleOf(cluster, pod({}, waiting('ImagePullBackOff', 'Back-off pulling image "order:9"')))
  assert.deepEqual(
    [image?.lasting, image?.reason],
    [true, 'its image order:9 cannot be had: Back-off pulling image "order:9"'],
  )
  const secret = await troubleOf(
    cluster,
    pod({}, waiting('CreateContainerConfigError', 'secret "nats-auth" not found')),
  )
  assert.deepEqual([secret?.lasting, secret?.reason], [true, 'it cannot start: secret "nats-auth" not found'])
  const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes: Insufficient memory.' }]
  const full = await troubleOf(cluster, pod({ phase: 'Pending', conditions }))
  assert.deepEqual([full?.lasting, full?.reason], [true, 'no node takes it: 0/1 nodes: Insufficient memory.'])
})

test('a crash loop tells the exit code, how often, and the last line of the log', async () => {
  const ended = { terminated: { exitCode: 1, reason: 'Error' } }
  const looping = pod({}, { ...waiting('CrashLoopBackOff'), lastState: ended, restartCount: 4 })
  const trouble = await troubleOf(cluster, looping)
  assert.equal(trouble?.lasting, true)
  assert.equal(trouble?.reason, 'order ended with code 1, 4 times: cannot start: NATS refuses')
  assert.equal(restartsOf([looping, looping]), 8)
})

test('a container out of memory is named as such', async () => {
  const killed = { terminated: { exitCode: 137, reason: 'OOMKilled' } }
  const trouble = await troubleOf(cluster, pod({}, { state: { running: {} }, lastState: killed, restartCount: 1 }))
  assert.match(trouble?.reason ?? '', /^order ran out of its memory limit/)
  assert.equal(trouble?.lasting, false)
})

test('a pod that is not ready for no visible reason has its newest warning', async () => {
  const trouble = await troubleOf(cluster, pod({}, { state: { running: {} } }))
  const reason = 'Readiness probe failed: 503'
  assert.deepEqual(trouble, { pod: 'order-1', reason, lasting: false, stuck: 'after its start' })
})
