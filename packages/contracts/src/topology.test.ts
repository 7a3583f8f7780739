// The topology fits together: whatever is said is heard, whatever is asked is answered, and every subject has its stream.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consumersOf } from './permissions.ts'
import { answerersOf, callersOf, calls, hearersOf, messages, sayersOf } from './relations.ts'
import { streams } from './streams.ts'
import { subjectsOverlap } from './subject.ts'
import { type ServiceTopology, services, topology } from './topology.ts'

/** Answered, but called by no service: tools and operators ask. */
const calledFromOutside = [
  'rpc.auth.verify',
  'rpc.audit.import',
  'rpc.audit.close_gaps',
  'rpc.audit.list_segments',
  'rpc.audit.check_segment',
  'rpc.audit.restore_segment',
]

const names = (list: readonly ServiceTopology[]) => list.map((service) => service.name)
const hasDuplicates = (list: readonly unknown[]) => new Set(list).size !== list.length

test('a service stands in the table under its own name', () => {
  assert.deepEqual(Object.keys(topology), names(services))
})

test('no service lists anything twice', () => {
  for (const { name, hears, says, answers, calls, watches = [] } of services) {
    for (const list of [hears, says, answers, calls, watches]) assert.ok(!hasDuplicates(list), name)
  }
})

test('every subject belongs to one message or call', () => {
  assert.ok(!hasDuplicates([...messages, ...calls].map(({ subject }) => subject)))
})

for (const message of messages) {
  test(`${message.subject} is said by one service and travels in one stream`, () => {
    assert.equal(sayersOf(message).length, 1, `said by: ${names(sayersOf(message)).join(', ') || 'nobody'}`)
    const homes = streams.filter(({ subjects }) =>
      subjects.some((pattern) => subjectsOverlap(pattern, message.subject)),
    )
    assert.deepEqual(
      homes.map(({ name }) => name),
      [message.stream],
    )
    assert.ok(message.aggregate in message.data.shape, `its data has no ${message.aggregate}`)
  })

  test(`${message.subject} is heard`, () => {
    const hearers = names(hearersOf(message))
    if (message.stream === 'EVENTS') {
      assert.ok(hearers.includes('audit'), 'audit hears every event')
      // What an operator did is said for the history's sake.
      const toAuditAlone = ['operator_acted', 'replay_started', 'replay_ended'].includes(message.type)
      assert.equal(hearers.length === 1, toAuditAlone, 'an event that only audit hears leads to nothing')
    } else {
      assert.equal(hearers.length, 1, `work has one owner, not: ${hearers.join(', ') || 'nobody'}`)
    }
    if (message.stream === 'COMMANDS') assert.equal(message.subject.split('.')[1], hearers[0])
  })
}

for (const call of calls) {
  test(`${call.subject} is answered by one service and called`, () => {
    assert.equal(answerersOf(call).length, 1, `answered by: ${names(answerersOf(call)).join(', ') || 'nobody'}`)
    assert.equal(callersOf(call).length === 0, calledFromOutside.includes(call.subject))
  })
}

test('no two streams share a subject', () => {
  for (const one of streams) {
    for (const other of streams.filter((stream) => stream !== one)) {
      for (const subject of one.subjects) {
        assert.ok(!other.subjects.some((pattern) => subjectsOverlap(pattern, subject)), `${one.name} and ${other.name}`)
      }
    }
  }
})

test('consumers of a work queue do not overlap: the server would refuse the second', () => {
  for (const { name } of streams.filter(({ retention }) => retention === 'workqueue')) {
    const filters = services
      .flatMap(consumersOf)
      .filter(({ stream }) => stream === name)
      .flatMap(({ durable, filter_subjects }) => filter_subjects.map((subject) => ({ durable, subject })))
    assert.ok(filters.length > 0, `${name} has no consumer`)
    for (const [index, one] of filters.entries()) {
      for (const other of filters.slice(index + 1)) {
        assert.ok(
          !subjectsOverlap(one.subject, other.subject),
          `${name}: ${one.durable} ${one.subject}, ${other.durable} ${other.subject}`,
        )
      }
    }
  }
})
