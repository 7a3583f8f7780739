// Each service may do what the topology gives it and nothing else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumersOf, natsPermissions } from './permissions.ts'
import { calls, messages } from './relations.ts'
import { subjectsOverlap } from './subject.ts'
import { answersOf, services } from './topology.ts'

const permissions = natsPermissions()
const allows = (patterns: readonly string[] = [], subject: string) =>
  patterns.some((pattern) => subjectsOverlap(pattern, subject))

test('payment, as an example to read', () => {
  assert.deepEqual(permissions.payment, {
    publish: {
      allow: [
        'events.payment_captured',
        'events.payment_failed',
        'events.payment_refunded',
        '$JS.API.CONSUMER.INFO.EVENTS.payment',
        '$JS.API.CONSUMER.MSG.NEXT.EVENTS.payment',
        '$JS.ACK.EVENTS.payment.>',
        '$JS.ACK.*.*.EVENTS.payment.>',
        'dlq.payment.events',
        '$JS.API.CONSUMER.INFO.COMMANDS.payment',
        '$JS.API.CONSUMER.MSG.NEXT.COMMANDS.payment',
        '$JS.ACK.COMMANDS.payment.>',
        '$JS.ACK.*.*.COMMANDS.payment.>',
        'dlq.payment.commands',
        '$JS.API.CONSUMER.RESET.EVENTS.payment',
      ],
    },
    subscribe: {
      allow: [
        '_INBOX.payment.>',
        'rpc.payment.open_account',
        'rpc.payment.get_balance',
        'rpc.payment.deposit',
        'rpc.payment.list_ledger',
        'rpc.payment.get',
        'rpc.retry.payment',
        '$SRV.>',
      ],
    },
    allow_responses: { max: 1, expires: '1m' },
  })
})

test('there is one user for each service', () => {
  assert.deepEqual(
    Object.keys(permissions),
    services.map(({ name }) => name),
  )
})

for (const service of services) {
  const publish = permissions[service.name]?.publish.allow
  const subscribe = permissions[service.name]?.subscribe.allow
  const others = services.filter((other) => other !== service)

  test(`${service.name} says its own messages and nobody else's`, () => {
    for (const message of messages) {
      assert.equal(allows(publish, message.subject), service.says.includes(message), message.subject)
    }
  })

  test(`${service.name} asks and answers what it declares`, () => {
    for (const call of calls) {
      assert.equal(allows(publish, call.subject), service.calls.includes(call), `publish ${call.subject}`)
      assert.equal(allows(subscribe, call.subject), answersOf(service).includes(call), `subscribe ${call.subject}`)
    }
  })

  test(`${service.name} hears the streams through its own consumers alone`, () => {
    for (const message of messages) {
      const watched = service.watches?.includes(message) ?? false
      assert.equal(allows(subscribe, message.subject), watched, `subscribe ${message.subject}`)
    }
    for (const { service: owner, stream, durable } of services.flatMap(consumersOf)) {
      const own = owner === service.name
      assert.equal(allows(publish, `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`), own)
      assert.equal(allows(publish, `$JS.ACK.${stream}.${durable}.1.7.7.1700000000000000000.0`), own)
      assert.equal(allows(publish, `$JS.ACK.hub.AbCd.${stream}.${durable}.1.7.7.1700000000000000000.0`), own)
      assert.equal(allows(publish, `dlq.${owner}.${stream.toLowerCase()}`), own || service.tends_dead_letters === true)
    }
  })

  test(`${service.name} reads nobody's answers and administers nothing`, () => {
    assert.ok(allows(subscribe, `_INBOX.${service.name}.x`))
    for (const other of others) assert.ok(!allows(subscribe, `_INBOX.${other.name}.x`), other.name)
    for (const forbidden of [
      '$JS.API.STREAM.PURGE.EVENTS',
      '$JS.API.STREAM.DELETE.EVENTS',
      '$JS.API.STREAM.UPDATE.EVENTS',
      '$JS.API.STREAM.MSG.GET.EVENTS',
      '$JS.API.CONSUMER.CREATE.EVENTS.spy',
      `$JS.API.CONSUMER.DELETE.EVENTS.${service.name}`,
      '$SYS.REQ.SERVER.PING',
    ]) {
      assert.ok(!allows(publish, forbidden), forbidden)
    }
    assert.equal(allows(publish, '$JS.API.STREAM.MSG.DELETE.DLQ'), service.tends_dead_letters === true)
    for (const asked of ['$SRV.STATS', '$JS.API.CONSUMER.LIST.EVENTS', '$JS.API.DIRECT.GET.JOBS'])
      assert.equal(allows(publish, asked), service.watches_operation === true, asked)
  })
}
