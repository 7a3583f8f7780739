import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventTypes, impossible, indexRowOf } from './domain.ts'
import { type Happened, recordOf } from './testing.ts'

const [order, user, product, event] = [1, 2, 3, 4].map((n) => `00000000-0000-7000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
]
const happened = (some: Partial<Happened>): Happened => ({
  sequence: 7,
  id: event,
  type: 'order_paid',
  aggregate: order,
  correlation_id: order,
  causation_id: null,
  time: new Date(0),
  data: {},
  ...some,
})
const journeyOf = (some: Partial<Happened>) => {
  const { order_id, user_id } = indexRowOf(recordOf(happened(some)))
  return { order_id, user_id }
}

describe('indexRowOf', () => {
  it('takes order and user from the data', () => {
    const data = { order_id: order, user_id: user }
    assert.deepEqual(journeyOf({ data }), { order_id: order, user_id: user })
  })

  it('looks for the order in the correlation when the data name none', () => {
    const data = { product_id: product, user_id: user }
    const of = (correlation_id: string) => journeyOf({ aggregate: product, correlation_id, data }).order_id
    assert.equal(of(order), order)
    assert.equal(of(product), null, 'the journey of the aggregate itself')
    assert.equal(of(user), null, 'the journey of the user')
    assert.equal(of('by hand'), null, 'not an id')
  })

  it('keeps the place, the envelope and the data', () => {
    const { headers, stored_at, ...row } = indexRowOf(
      recordOf(happened({ causation_id: product, data: { note: 'x' } })),
    )
    assert.deepEqual(row, {
      sequence: 7,
      nats_subject: 'events.order_paid',
      event_id: event,
      type: 'order_paid',
      source: 'order',
      subject: order,
      order_id: null,
      user_id: null,
      correlation_id: order,
      causation_id: product,
      time: new Date(0),
      data: '{"note":"x"}',
      body: null,
    })
  })

  it('takes in what is no event of ours: its bytes are history too', () => {
    const strange = { sequence: 8, subject: 'events.new_thing', headers: [], body: Buffer.from([0xff, 0x7b]) }
    const row = indexRowOf({ ...strange, stored_at: new Date(5) })
    assert.deepEqual([row.type, row.event_id, row.data, row.body], ['new_thing', null, null, Buffer.from([0xff, 0x7b])])
    assert.deepEqual(row.time, new Date(5))
  })
})

describe('impossible', () => {
  it('names the known types when there is no such event', () => {
    const told = impossible({ type: 'order_payed', from: null, to: null }) ?? ''
    assert.match(told, /^type: there is no event "order_payed"/)
    for (const type of eventTypes) assert.ok(told.includes(type))
  })

  it('takes a time range of one instant and none that ends before it begins', () => {
    const [early, late] = [new Date(0), new Date(1)]
    assert.equal(impossible({ type: 'order_paid', from: early, to: early }), null)
    assert.match(impossible({ from: late, to: early }) ?? '', /^from:/)
  })
})
