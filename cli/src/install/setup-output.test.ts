// When the Jobs before the services are over, as seen from outside.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rollout, Workload } from './rollout.ts'
import { setupOutput } from './setup-output.ts'

const step = { update: () => undefined, done: () => undefined, fail: () => undefined }
const pod = (name: string, phase: string) => ({ metadata: { name }, status: { phase } })
const workload = (settled: boolean): Workload => ({
  kind: 'Deployment',
  name: 'order',
  wanted: 1,
  ready: 0,
  settled,
  refused: null,
})
const seen = (jobs: Rollout['jobs'], settled = true): Rollout => ({
  jobs,
  workloads: [workload(settled)],
  current: [],
  outdated: [],
})

/** Whether a promise is resolved by now. */
const isOver = async (promise: Promise<unknown>) => {
  let over = false
  void promise.then(() => {
    over = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return over
}

test('the services have their turn when the migrations are over, not in the pause between the two Jobs', async () => {
  const output = setupOutput()
  const done = output.done(step)
  output.observe(seen([pod('deliveryflow-streams-x', 'Running')]))
  output.tell('deliveryflow-streams', 'streams: 20 changed')
  output.observe(seen([]))
  assert.equal(await isOver(done), false)
  output.observe(seen([pod('deliveryflow-migrate-x', 'Running')]))
  output.tell('deliveryflow-migrate', 'migrations: nothing to do')
  assert.equal(await isOver(done), false)
  output.observe(seen([]))
  assert.equal(await done, 'streams: 20 changed; migrations: nothing to do')
})

test('without Jobs the first change of a Deployment tells, and the end of helm in any case', async () => {
  const changed = setupOutput()
  const done = changed.done(step)
  changed.observe(seen([], true))
  assert.equal(await isOver(done), false)
  changed.observe(seen([], false))
  assert.equal(await done, 'done')
  const broken = setupOutput()
  broken.observe(seen([], false))
  broken.observe(seen([], false))
  assert.equal(await isOver(broken.done(step)), false, 'it had not settled before helm began either')
  const ended = setupOutput()
  ended.until(Promise.resolve())
  assert.equal(await ended.done(step), 'done')
  const failed = setupOutput()
  failed.until(Promise.reject(new Error('job failed')))
  await assert.rejects(failed.done(step), /job failed/)
})
