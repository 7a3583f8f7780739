// Wildcards mean what the server means by them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subjectsOverlap } from './subject.ts'

const cases: [string, string, boolean][] = [
  ['events.order_paid', 'events.order_paid', true],
  ['events.order_paid', 'events.order_created', false],
  ['events.*', 'events.order_paid', true],
  ['events.*', 'events', false],
  ['events.*', 'events.a.b', false],
  ['commands.*.*', 'commands.payment.refund', true],
  ['dlq.>', 'dlq', false],
  ['dlq.>', 'dlq.payment.events', true],
  ['>', 'anything.at.all', true],
  ['_INBOX.order.>', '_INBOX.order-history.x', false],
  ['a.*.c', 'a.b.*', true],
  ['a.*.c', 'a.b.d', false],
  ['a.>', '*.b.c', true],
]

for (const [one, other, expected] of cases) {
  test(`${one} ${expected ? 'overlaps' : 'does not overlap'} ${other}`, () => {
    assert.equal(subjectsOverlap(one, other), expected)
    assert.equal(subjectsOverlap(other, one), expected)
  })
}
