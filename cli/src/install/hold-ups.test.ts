// Pods as Kubernetes reports them, and whether they can still start.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { V1ContainerState, V1Pod, V1PodCondition } from '@kubernetes/client-node'
import { holdUpOf, restartsAllowed } from './hold-ups.ts'

const podOf = (state: V1ContainerState, restartCount = 0, more: V1Pod['status'] = {}): V1Pod => ({
  metadata: { name: 'order-1', uid: 'u1' },
  status: {
    phase: 'Pending',
    containerStatuses: [{ name: 'order', ready: false, restartCount, image: 'order:1', imageID: '', state }],
    ...more,
  },
})
const waiting = (reason: string, message = '') => podOf({ waiting: { reason, message } })
const ready: V1PodCondition = { type: 'Ready', status: 'True' }

test('an image that is not there is given up sooner than a registry that does not answer', () => {
  const gone = holdUpOf(waiting('ErrImagePull', 'rpc error: code = NotFound desc = order:9: not found'))
  const away = holdUpOf(waiting('ImagePullBackOff', 'dial tcp: lookup registry.example: i/o timeout'))
  assert.equal(gone?.kind, 'image')
  assert.equal(away?.kind, 'image')
  assert.ok((gone?.patience_ms ?? 0) < (away?.patience_ms ?? 0))
  assert.equal(gone?.key, away?.key, 'its two words for the same must not start the clock anew')
})

test('a container that ends again and again is given up after some restarts, and not before', () => {
  const crash = { waiting: { reason: 'CrashLoopBackOff' } }
  assert.equal(holdUpOf(podOf(crash, restartsAllowed - 1)), null)
  assert.deepEqual(holdUpOf(podOf(crash, restartsAllowed)), { key: 'u1 order crash', kind: 'crash', patience_ms: 0 })
})

test('a missing Secret and a full cluster hold up; what starts, serves, ended or is leaving does not', () => {
  assert.equal(holdUpOf(waiting('CreateContainerConfigError', 'secret "nats-auth" not found'))?.kind, 'configuration')
  const busy = 'failed to sync secret cache: timed out waiting for the condition'
  assert.equal(holdUpOf(waiting('CreateContainerConfigError', busy)), null)
  const conditions: V1PodCondition[] = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }]
  assert.equal(holdUpOf({ status: { phase: 'Pending', conditions } })?.kind, 'node')
  assert.equal(holdUpOf(waiting('ContainerCreating')), null)
  assert.equal(holdUpOf(waiting('PodInitializing')), null)
  const broken = { waiting: { reason: 'ErrImageNeverPull' } }
  assert.equal(holdUpOf(podOf(broken))?.kind, 'image')
  assert.equal(holdUpOf(podOf(broken, 0, { conditions: [ready] })), null)
  assert.equal(holdUpOf({ ...podOf(broken), metadata: { uid: 'u1', deletionTimestamp: new Date() } }), null)
  assert.equal(holdUpOf(podOf({ terminated: { exitCode: 0 } }, 0, { phase: 'Succeeded' })), null)
})

test('an init container holds the pod up too', () => {
  const init = [
    {
      name: 'agent',
      ready: false,
      restartCount: 0,
      image: 'a',
      imageID: '',
      state: { waiting: { reason: 'InvalidImageName' } },
    },
  ]
  assert.equal(
    holdUpOf(podOf({ waiting: { reason: 'PodInitializing' } }, 0, { initContainerStatuses: init }))?.kind,
    'image',
  )
})
