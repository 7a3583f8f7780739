// How checks are run: side by side, after what they need, each within its time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { type Check, failure, ok, runChecks, warning } from './check.ts'
import { renderHealth } from './render.ts'

const check = (id: string, run: Check['run'], needs: string[] = []): Check => ({
  id,
  group: 'flow',
  title: id,
  needs,
  run,
})

const statesOf = async (checks: readonly Check[]) => {
  const { healthy, checks: results } = await runChecks(checks)
  return { healthy, states: Object.fromEntries(results.map(({ id, state }) => [id, state])), results }
}

test('what needs a failed check is skipped and names the first cause', async () => {
  const never = async () => assert.fail('it must not run')
  const { healthy, states, results } = await statesOf([
    check('c', never, ['b']),
    check('b', never, ['a']),
    check('a', async () => failure('broken', 'mend it')),
    check('d', async () => ok(), ['not among them']),
  ])
  assert.equal(healthy, false)
  assert.deepEqual(states, { a: 'failure', b: 'skipped', c: 'skipped', d: 'ok' })
  for (const id of ['b', 'c'])
    assert.equal(results.find((result) => result.id === id)?.reason, 'not checked: a failed', id)
})

test('a warning lets others run and leaves the whole healthy', async () => {
  const { healthy, states } = await statesOf([
    check('a', async () => warning('hm')),
    check('b', async () => ok(), ['a']),
  ])
  assert.equal(healthy, true)
  assert.deepEqual(states, { a: 'warning', b: 'ok' })
})

test('checks run side by side, and one that is late fails alone', async () => {
  const slow = () => sleep(150, ok())
  const began = performance.now()
  const { checks } = await runChecks(
    [...'abcdefgh'].map((id) => check(id, slow)).concat(check('late', () => sleep(5000, ok(), { ref: false }))),
    { limit_ms: 400 },
  )
  assert.ok(performance.now() - began < 1000)
  assert.deepEqual(
    checks.filter(({ state }) => state !== 'ok').map(({ id, reason }) => [id, reason]),
    [['late', 'no answer within 0.4 s']],
  )
})

test('what a check throws is its failure; what is not there is another check to tell', async () => {
  const { results } = await statesOf([
    check('error', async () => Promise.reject(new Error('socket hang up'))),
    check('told', async () => {
      throw new Failure('refused', 'You may not', { why: 'no role', next: 'ask' })
    }),
    check('absent', async () => {
      throw new Failure('not_found', 'There is no secret x')
    }),
  ])
  const told = results.map(({ state, reason, next }) => [state, reason, next])
  assert.deepEqual(told, [
    ['failure', 'socket hang up', null],
    ['failure', 'You may not: no role', 'ask'],
    ['skipped', 'not checked: There is no secret x', null],
  ])
})

test('results come in the order of the groups; many alike are one line, and JSON keeps them all', async () => {
  const broken = async () => failure('it has no Deployment', 'dfctl deploy')
  const health = await runChecks([
    check('lag', async () => ok('none waits')),
    ...['order', 'payment', 'saga'].map((id): Check => ({ ...check(id, broken), group: 'services' })),
  ])
  assert.deepEqual(
    health.checks.map(({ id }) => id),
    ['order', 'payment', 'saga', 'lag'],
  )
  const text = renderHealth(health, false)
  assert.equal(text.match(/no Deployment/g)?.length, 1)
  assert.match(text, /✘ 3 alike\s+it has no Deployment: order, payment, saga\n {2}do: dfctl deploy/)
  assert.match(text, /4 checks: 1 ok, 3 failures$/)
  assert.equal(renderHealth(health, true).match(/no Deployment/g)?.length, 3)
})
