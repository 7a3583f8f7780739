// What is counted as new, as old and as ready while a release is rolled out.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { V1Deployment, V1Pod, V1ReplicaSet, V1StatefulSet } from '@kubernetes/client-node'
import { jobLabel, readiness, rolloutOf } from './rollout.ts'

const labels = { app: 'x' }
const template = { metadata: { labels } }
const selector = { matchLabels: labels }
const owner = (uid: string) => [{ apiVersion: 'apps/v1', kind: 'x', name: uid, uid, controller: true }]

const deployment = (status: V1Deployment['status'], replicas = 2): V1Deployment => ({
  metadata: { name: 'order', uid: 'd', generation: 2 },
  spec: { replicas, selector, template },
  ...(status ? { status } : {}),
})
const replicaSet = (uid: string, revision: number): V1ReplicaSet => ({
  metadata: {
    uid,
    ownerReferences: owner('d'),
    annotations: { 'deployment.kubernetes.io/revision': String(revision) },
  },
})
const pod = (name: string, of: string, more: Record<string, string> = {}): V1Pod => ({
  metadata: { name, ownerReferences: owner(of), labels: more },
})
const names = (pods: V1Pod[]) => pods.map(({ metadata }) => metadata?.name)

test('pods of the newest version are told from those to be replaced, and from those of Jobs', () => {
  const set: V1StatefulSet = {
    metadata: { name: 'nats', uid: 's' },
    spec: { replicas: 2, selector, template },
    status: { replicas: 2, updateRevision: 'nats-2', currentRevision: 'nats-1' },
  }
  const leaving = { metadata: { ...pod('order-gone', 'new').metadata, deletionTimestamp: new Date() } }
  const rollout = rolloutOf(
    [
      pod('order-old', 'old'),
      pod('order-new', 'new'),
      leaving,
      pod('nats-0', 's', { 'controller-revision-hash': 'nats-1' }),
      pod('nats-1', 's', { 'controller-revision-hash': 'nats-2' }),
      pod('migrate-x', 'job', { [jobLabel]: 'migrate' }),
    ],
    [deployment({})],
    [set],
    // Revision 10 is newer than 9: as text it would not be.
    [replicaSet('old', 9), replicaSet('new', 10)],
  )
  assert.deepEqual(names(rollout.current), ['order-new', 'nats-1'])
  assert.deepEqual(names(rollout.outdated), ['order-old', 'nats-0'])
  assert.deepEqual(names(rollout.jobs), ['migrate-x'])
})

test('a Deployment is settled only when all its instances are of the newest version and serve', () => {
  const one = (status: V1Deployment['status']) => rolloutOf([], [deployment(status)], [], []).workloads[0]
  const full = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }
  assert.deepEqual([one(full)?.settled, one(full)?.ready], [true, 2])
  assert.deepEqual(
    [one({ ...full, observedGeneration: 1 })?.settled, one({ ...full, observedGeneration: 1 })?.ready],
    [false, 0],
  )
  const surging = one({ ...full, replicas: 3, updatedReplicas: 1, availableReplicas: 3 })
  assert.deepEqual([surging?.settled, surging?.ready], [false, 1])
  const failing = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }]
  assert.equal(one({ observedGeneration: 2, conditions: failing })?.refused, 'exceeded quota')
  assert.equal(one({ observedGeneration: 1, conditions: failing })?.refused, null, 'it is of the version before')
})

test('a StatefulSet counts only pods of its newest revision while it is replacing', () => {
  const one = (status: V1StatefulSet['status']) =>
    rolloutOf(
      [],
      [],
      [
        {
          metadata: { name: 'nats', generation: 1 },
          spec: { replicas: 3, selector, template },
          ...(status ? { status } : {}),
        },
      ],
      [],
    ).workloads[0]
  const status = { observedGeneration: 1, replicas: 3, readyReplicas: 3, updateRevision: 'b' }
  assert.equal(one({ ...status, currentRevision: 'b' })?.settled, true)
  assert.equal(one({ ...status, currentRevision: 'a', updatedReplicas: 1 })?.ready, 1)
})

test('what is waited for fits on a line', () => {
  const workload = (name: string, ready: number, wanted = 1) =>
    ({ kind: 'Deployment', name, wanted, ready, settled: ready === wanted, refused: null }) as const
  assert.equal(readiness([workload('a', 1), workload('b', 1)]), '2 of 2 ready')
  assert.equal(readiness([workload('a', 1), workload('nats', 1, 3)]), '1 of 2 ready, waiting for nats 1/3')
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => workload(name, 0))
  assert.equal(readiness(many), '0 of 5 ready, waiting for a, b, c, 2 more')
})
