import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deadLetterOf } from '@deliveryflow/contracts'
import { type Buried, count, failedAgain, fits, type Group, groupKey, originalHeaders, portionsOf } from './domain.ts'

const buried = (headers: Record<string, string> = {}): Buried => ({
  sequence: 7,
  subject: 'dlq.payment.events',
  headers: new Map(
    Object.entries({
      'ce-id': 'an-id',
      'ce-type': 'inventory_reserved',
      'df-dlq-service': 'payment',
      'df-dlq-stream': 'EVENTS',
      'df-dlq-subject': 'events.inventory_reserved',
      'df-dlq-attempts': '8',
      'df-dlq-error': JSON.stringify('Error: no\nroom'),
      'df-dlq-first-time': '2026-11-21T10:00:00.000Z',
      'df-dlq-last-time': '2026-11-21T10:05:00.000Z',
      'Nats-Msg-Id': 'dlq:EVENTS:payment:12',
      ...headers,
    }),
  ),
  body: Buffer.from('{}'),
  stored_at: new Date('2026-11-21T10:05:01Z'),
})

describe('a dead letter', () => {
  it('is read off its headers', () => {
    const { service, stream, type, attempts, retries, error } = deadLetterOf(buried())
    assert.deepEqual([service, stream, type, attempts, retries], ['payment', 'EVENTS', 'inventory_reserved', 8, 0])
    assert.equal(error, 'Error: no\nroom')
  })

  it('that says nothing of itself is one all the same', () => {
    const letter = deadLetterOf({ ...buried(), headers: new Map() })
    assert.deepEqual([letter.service, letter.type, letter.attempts, letter.error], ['', null, 0, ''])
    assert.equal(letter.first_time, '2026-11-21T10:05:01.000Z')
  })

  it('fits what it has, and nothing else', () => {
    const letter = deadLetterOf(buried())
    for (const filter of [
      {},
      { service: 'payment', stream: 'EVENTS' },
      { error: 'no' },
      { type: 'inventory_reserved' },
    ])
      assert.ok(fits(letter, filter), JSON.stringify(filter))
    for (const filter of [{ service: 'order' }, { stream: 'JOBS' }, { error: 'yes' }, { type: 'order_paid' }])
      assert.ok(!fits(letter, filter), JSON.stringify(filter))
  })

  it('stands in one group with those that failed alike', () => {
    const of = (error: string) => groupKey(deadLetterOf(buried({ 'df-dlq-error': JSON.stringify(error) })), 'error')
    assert.equal(
      of('Error: order 0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e01 has 3 items\nmore'),
      of('Error: order 0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e02 has 14 items'),
    )
    assert.equal(groupKey(deadLetterOf(buried()), 'consumer'), 'payment/EVENTS')
    const groups = new Map<string, Group>()
    for (const sequence of [3, 5, 9]) count(groups, { ...deadLetterOf(buried()), sequence }, 'type')
    assert.deepEqual(
      [...groups.values()].map((group) => [group.key, group.count, group.first, group.last]),
      [['inventory_reserved', 3, 3, 9]],
    )
  })
})

it('a retry gives the message as it first came', () => {
  assert.deepEqual(originalHeaders(buried()), [
    ['ce-id', 'an-id'],
    ['ce-type', 'inventory_reserved'],
  ])
})

it('one that failed again counts on, and keeps when it first failed', () => {
  const now = new Date('2026-11-21T12:00:00Z')
  const again = failedAgain(buried({ 'df-dlq-retries': '1' }), { error: 'Error: still', stack: 'at x' }, now)
  const letter = deadLetterOf({ ...buried(), headers: new Map(again) })
  assert.deepEqual([letter.attempts, letter.retries, letter.error], [9, 2, 'Error: still'])
  assert.deepEqual([letter.first_time, letter.last_time], ['2026-11-21T10:00:00.000Z', now.toISOString()])
  assert.deepEqual(
    again.filter(([name]) => name.startsWith('Nats-')),
    [['Nats-Msg-Id', 'dlq:retry:7']],
  )
})

it('portions hold what fits, in order, and at least one', () => {
  const portions = (...sizes: number[]) => portionsOf(sizes, (size) => size, 10)
  assert.deepEqual(portions(), [])
  assert.deepEqual(portions(4, 6, 1, 30, 0, 9, 2), [[4, 6], [1], [30], [0, 9], [2]])
})
