// No secret gets into a report, in whatever form it stands in a text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unzipSync } from 'fflate'
import { pack } from '../commands/bug-report.ts'
import { redactor, secretValues, withoutSecrets } from './redact.ts'

const password = fc
  .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() === text)

const forms = (secret: string) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
]

test('a known value is found in the zip in none of its forms', () => {
  fc.assert(
    fc.property(password, fc.string(), fc.string(), (secret, before, after) => {
      const text = forms(secret)
        .map((form) => `${before} ${form} ${after}`)
        .join('\n')
      const parts = [{ path: 'logs/a.log', text, missing: `failed with ${secret}` }]
      const { zip, files } = pack(parts, redactor([secret]), new Date(2026, 0, 1))
      const read = Object.values(unzipSync(zip))
        .map((bytes) => Buffer.from(bytes).toString('utf8'))
        .join('')
      // What stands around it may hold it by chance.
      if (forms(secret).some((form) => before.includes(form) || after.includes(form))) return
      for (const line of read.split('\n').slice(0, 5)) assert.ok(line.includes('***'), line)
      for (const form of forms(secret).filter((one) => !'***'.includes(one))) assert.ok(!read.includes(form), form)
      assert.ok(!JSON.stringify(files).includes(`failed with ${secret}`))
    }),
  )
})

test('of the entries of Secrets only what opens something is secret', () => {
  assert.deepEqual(secretValues('username', 'order_history'), [])
  assert.deepEqual(secretValues('admin-email', 'admin@deliveryflow.example'), [])
  assert.deepEqual(secretValues('uri', 'smtp://mail:1025'), [])
  assert.deepEqual(secretValues('password', 'Ab12'), ['Ab12'])
  const uri = 'postgres://order:p%40ss-word@postgres:5432/order'
  assert.deepEqual(secretValues('uri', uri), [uri, 'p%40ss-word', 'p@ss-word'])
  assert.deepEqual(secretValues('uri', 'redis://:hunter22@redis:6379').slice(1), ['hunter22', 'hunter22'])
})

test('a short value is taken out where it stands alone, and not out of words', () => {
  const redact = redactor(['word'])
  assert.equal(redact('the word, a password'), 'the ***, a password')
})

test('what looks like a secret goes too, known or not', () => {
  const redact = redactor([])
  const texts = {
    'connect postgres://order:Zx81secret@postgres:5432/order': /order:\*\*\*@postgres/,
    'Authorization: Bearer abcdefgh.ijklmnop': /Bearer \*\*\*/,
    'token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was refused': /token \*\*\* was/,
    '{"refresh_token":"abc-def","id":1}': /"refresh_token":"\*\*\*","id":1/,
    '{"body":"{\\"password\\":\\"open sesame\\"}"}': /password\\":\\"\*\*\*/,
    'GET /verify?token=abc123&x=1': /\?token=\*\*\*&x=1/,
    '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----': /^\*\*\*$/,
  }
  for (const [text, pattern] of Object.entries(texts)) assert.match(redact(text), pattern, text)
  const harmless = 'nats://nats:4222 took 3 tokens; {"password_set":true}'
  assert.equal(redact(harmless), harmless)
})

test('objects lose the values of Secrets, of secret variables and settings, and what repeats them', () => {
  const cleaned = withoutSecrets([
    { kind: 'Secret', metadata: { name: 'x', managedFields: [1] }, data: { key: 'c2VjcmV0' }, stringData: { a: 'b' } },
    {
      env: [
        { name: 'DB_PASSWORD', value: 'open' },
        { name: 'NATS_URL', value: 'nats://nats' },
      ],
    },
    { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"key":"c2VjcmV0"}}' } },
    { smtp: { password: 'open', port: 25 }, automountServiceAccountToken: false },
  ])
  assert.deepEqual(cleaned, [
    { kind: 'Secret', metadata: { name: 'x' }, data: { key: '***' }, stringData: { a: '***' } },
    {
      env: [
        { name: 'DB_PASSWORD', value: '***' },
        { name: 'NATS_URL', value: 'nats://nats' },
      ],
    },
    { annotations: {} },
    { smtp: { password: '***', port: 25 }, automountServiceAccountToken: false },
  ])
})
