// The AsyncAPI document is valid and holds every message and call, with both sides of each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Parser } from '@asyncapi/parser'
import { asyncApiDocument } from './asyncapi.ts'
import { answersOf, services } from './index.ts'
import { calls, messages } from './relations.ts'

const parse = async (document: unknown) => {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document))
  // Severity 0 is an error, 1 a warning; 2 only informs, that 3.1 exists for one.
  const faults = diagnostics.filter(({ severity }) => severity < 2)
  return { parsed, faults: faults.map(({ code, path, message }) => `${code} at ${path.join('/')}: ${message}`) }
}

const { parsed, faults } = await parse(asyncApiDocument())

test('it is valid AsyncAPI 3.0', () => {
  assert.deepEqual(faults, [])
  assert.equal(parsed?.version(), '3.0.0')
})

test('the parser would notice', async () => {
  const document = asyncApiDocument()
  const broken = { ...document, operations: { lost: { action: 'send', channel: { $ref: '#/channels/nowhere' } } } }
  assert.notDeepEqual((await parse(broken)).faults, [])
})

test('every message and call has a channel', () => {
  const addresses = parsed
    ?.allChannels()
    .all()
    .map((channel) => channel.address())
  for (const { subject } of [...messages, ...calls]) assert.ok(addresses?.includes(subject), subject)
})

for (const service of services) {
  test(`${service.name} sends and receives what its topology says`, () => {
    const operations = (parsed?.allOperations().all() ?? []).filter(
      (operation) => operation.extensions().get('x-service')?.value() === service.name,
    )
    const subjects = (action: 'send' | 'receive') =>
      operations
        .filter((operation) => operation.action() === action)
        .map((operation) => operation.channels().all()[0]?.address())
        .filter((address) => !address?.startsWith('dlq.'))
        .sort()
    const of = (...lists: (readonly { subject: string }[])[]) =>
      lists
        .flat()
        .map(({ subject }) => subject)
        .sort()
    assert.deepEqual(subjects('send'), of(service.says, service.calls))
    assert.deepEqual(subjects('receive'), of(service.hears, answersOf(service), service.watches ?? []))
    const asked = operations.filter((operation) => operation.reply() !== undefined)
    assert.equal(asked.length, service.calls.length + answersOf(service).length)
  })
}
