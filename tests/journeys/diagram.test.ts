// How what happened is drawn.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Call, Message } from './causes.ts'
import { diagramOf } from './diagram.ts'

const call = (by: string | null, of: string, label: string, more: Partial<Call> = {}): Call => ({
  by,
  of,
  label,
  refused: null,
  calls: [],
  ...more,
})
const message = (by: string, label: string, heard: string[], more: Partial<Message> = {}): Message => ({
  by,
  said_in: null,
  label,
  heard: new Set(heard),
  calls: [],
  letters: [],
  led: [],
  ...more,
})
const asks = { whom: 'api-gateway', what: 'POST /api/orders', answer: '201 PENDING' }
const lines = (text: string) =>
  text.split('\n').flatMap((line) => (/^ +(actor|participant)/.test(line) ? [] : line.trim()))

test('questions are nested, messages follow by generation, and who only noted one stands in a note', () => {
  const asked = call('api-gateway', 'order', 'rpc.create_order', {
    calls: [call('order', 'catalog', 'rpc.catalog.get', { refused: 'timeout' })],
  })
  const captured = message('payment', 'events.payment_captured', ['audit'])
  const reserved = message('inventory', 'events.inventory_reserved', ['saga', 'payment', 'audit'], { led: [captured] })
  const letter = message('planner', 'jobs.notify_user', ['worker'], { letters: [{ by: 'worker', subject: 'Thanks' }] })
  const happened = { calls: [asked], messages: [reserved, letter] }
  assert.deepEqual(lines(diagramOf({ actor: 'customer', asks, happened })), [
    'sequenceDiagram',
    'customer->>api_gateway: POST /api/orders',
    'api_gateway->>order: rpc.create_order',
    'order->>catalog: rpc.catalog.get',
    'catalog-->>order: timeout',
    'order-->>api_gateway: answer',
    'api_gateway-->>customer: 201 PENDING',
    'inventory-)payment: events.inventory_reserved',
    'Note over inventory: also heard by audit, saga',
    'planner-)worker: jobs.notify_user',
    'worker-)mail: “Thanks”',
    'payment-)audit: events.payment_captured',
  ])
})

test('an answer may wait for a message; one that is never said is an error', () => {
  const happened = { calls: [], messages: [message('order', 'events.order_paid', ['audit', 'saga'])] }
  const step = { actor: 'customer', asks, happened }
  assert.deepEqual(lines(diagramOf({ ...step, answers_after: 'events.order_paid' })).slice(2), [
    'Note over order: events.order_paid<br/>heard by audit, saga',
    'Note over api_gateway: hears events.order_paid live',
    'api_gateway-->>customer: 201 PENDING',
  ])
  assert.throws(() => diagramOf({ ...step, answers_after: 'events.order_completed' }), /never said/)
})

test('without a request a message stands below the question in whose answer it was said', () => {
  const [started, listed] = [call(null, 'audit', 'rpc.replay.start'), call(null, 'audit', 'rpc.replay.list')]
  const said = message('audit', 'events.replay_started', ['audit'], { said_in: started })
  const drawn = diagramOf({ actor: 'dfctl', asks: null, happened: { calls: [started, listed], messages: [said] } })
  assert.deepEqual(lines(drawn), [
    'sequenceDiagram',
    'dfctl->>audit: rpc.replay.start',
    'audit-->>dfctl: answer',
    'audit-)audit: events.replay_started',
    'dfctl->>audit: rpc.replay.list',
    'audit-->>dfctl: answer',
  ])
})
