// What Helm says, in its own words, and which kind of failure it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf } from './helm-errors.ts'

const of = (said: string) => failureOf(said, 'helm upgrade')

test('a wrong setting is a mistake of who called, with where it is', () => {
  const failure = of(`Error: values don't meet the specifications of the schema(s) in the following chart(s):
deliveryflow:
- at '/defaults/replicas': got string, want integer`)
  assert.equal(failure.kind, 'usage')
  assert.match(failure.why ?? '', /\/defaults\/replicas': got string, want integer/)
  assert.equal(of('Error: failed parsing --set data: key "a" has no value').kind, 'usage')
  const refused = of('Error: execution error at (backing/templates/secrets.yaml:86:10): smtp.uri is empty')
  assert.deepEqual([refused.kind, /smtp\.uri is empty/.test(refused.why ?? '')], ['usage', true])
})

test('a missing right names the verb and the resource', () => {
  const failure = of(
    'Error: query: failed to query with labels: secrets is forbidden: User "nobody" cannot list resource "secrets" in API group "" in the namespace "default"',
  )
  assert.equal(failure.kind, 'refused')
  assert.match(failure.why ?? '', /cannot list resource "secrets"/)
})

test('things of another installation are refused, also where the message speaks of more', () => {
  const failure = of(
    'Error: Unable to continue with install: Service "order" in namespace "shop" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "deliveryflow": current value is "shop"',
  )
  assert.equal(failure.kind, 'refused')
  assert.match(failure.message, /another installation/)
})

test('waiting too long, a Job that failed and a cluster that is away are failures with a way on', () => {
  const said = {
    'It took longer than --timeout allows': 'Error: UPGRADE FAILED: context deadline exceeded',
    'A Job did not succeed':
      'Error: failed pre-install: 1 error occurred:\n\t* job deliveryflow-migrate failed: BackoffLimitExceeded',
    'The cluster does not answer':
      'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp: connection refused',
  }
  for (const [what, text] of Object.entries(said)) {
    const failure = of(text)
    assert.deepEqual([failure.kind, failure.message, failure.next === undefined], ['failed', what, false])
  }
})

test('warnings and logs before the error are left out; an error nobody knows is told whole', () => {
  const failure = of(
    'WARNING: Kubernetes configuration file is group-readable\nW1121 12:00:00.1 warnings.go:70] old\nError: something new',
  )
  assert.deepEqual([failure.kind, failure.message, failure.why], ['failed', 'helm upgrade failed', 'something new'])
  assert.equal(of('').why, 'it did not say why')
})
