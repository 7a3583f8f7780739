// Objects of two manifests side by side: what differs is shown, secrets are not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareManifests } from './manifest.ts'

const config = (level: string) => `---
# Source: a template
apiVersion: v1
kind: ConfigMap
metadata: { name: order }
data: { LOG_LEVEL: ${level}, ZONE: a }
`
const secret = (name: string, value: string) => `---
apiVersion: v1
kind: Secret
metadata: { name: ${name} }
data: { password: ${value}, user: b3JkZXI= }
`

test('objects are compared by what they say, not by the order of documents, keys or comments', () => {
  const before = `${config('info')}${secret('a', 'eA==')}`
  const after = `${secret('a', 'eA==')}---\nkind: ConfigMap\ndata: { ZONE: a, LOG_LEVEL: info }\nmetadata: { name: order }\napiVersion: v1\n---\n`
  assert.deepEqual(compareManifests('deliveryflow', before, after), [])
})

test('a changed object comes with a unified diff; added and removed ones are named', () => {
  const changes = compareManifests(
    'deliveryflow',
    `${config('info')}${secret('old', 'eA==')}`,
    `${config('debug')}${secret('new', 'eA==')}`,
  )
  assert.deepEqual(
    changes.map(({ kind, name, change }) => `${change} ${kind}/${name}`),
    ['changed ConfigMap/order', 'added Secret/new', 'removed Secret/old'],
  )
  assert.match(changes[0]?.patch ?? '', /^@@ -1,\d+ \+1,\d+ @@[\s\S]*\n- {2}LOG_LEVEL: info\n\+ {2}LOG_LEVEL: debug\n/)
})

test('values of Secrets are compared and never shown', () => {
  const [change, ...more] = compareManifests(
    'backing',
    secret('nats-auth', 'c2VjcmV0'),
    secret('nats-auth', 'b3RoZXI='),
  )
  assert.equal(more.length, 0)
  assert.equal(change?.change, 'changed')
  assert.match(change?.patch ?? '', /^-.*password: \(hidden/m)
  assert.match(change?.patch ?? '', /^\+.*password: \(hidden/m)
  assert.match(change?.patch ?? '', /^ .*user: \(hidden/m)
  assert.doesNotMatch(change?.patch ?? '', /c2VjcmV0|b3RoZXI=|b3JkZXI=/)
})
