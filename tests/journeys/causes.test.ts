// Causes are read off traces and causation ids, whatever the order in which things were seen.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { causesOf } from './causes.ts'
import type { Origin } from './spans.ts'
import type { Asked, Said } from './wire.ts'

const asked = (by: string | null, of: string, subject: string, span?: string, more: Partial<Asked> = {}): Asked => ({
  by,
  of,
  subject,
  traceparent: span && `00-trace-${span}-01`,
  data: {},
  within: undefined,
  answer: { refused: null },
  ...more,
})
const said = (id: string, by: string, subject: string, more: Partial<Said> = {}): Said => ({
  id,
  by,
  subject,
  causation_id: null,
  traceparent: undefined,
  data: {},
  heard: new Set(),
  ...more,
})
/** The spans of a step: what each is part of, by its id; null: still under way. */
const spans = (origins: Record<string, Origin | null>) => ({
  originOf: (traceparent: string | undefined) => {
    const origin = origins[traceparent?.split('-')[2] ?? '']
    return origin === undefined ? ({ kind: 'none' } as const) : origin
  },
})
const answer = (asker: string | undefined, name = ''): Origin => ({ kind: 'answer', name, asker })

test('a question stands in the answer that took it, though it was seen before; one asked again stands once', () => {
  const create = asked('api-gateway', 'order', 'rpc.create_order', 'a')
  const get = asked('order', 'catalog', 'rpc.catalog.get', 'b')
  const origins = spans({ a: answer(undefined, 'POST /api/orders'), b: answer('a') })
  const happened = causesOf({ said: [], asked: [get, create, { ...get }], letters: [] }, origins)
  assert.deepEqual(
    happened?.calls.map(({ label, calls }) => [label, calls.map((inner) => inner.label)]),
    [['rpc.create_order', ['rpc.catalog.get']]],
  )
})

test('messages stand under the message that led to them, and what a handling asked under the message handled', () => {
  const registered = said('1', 'identity', 'events.user_registered', { heard: new Set(['planner']) })
  const jobs = ['welcome', 'verify_email'].map((kind) =>
    said(kind, 'planner', 'jobs.notify_user', {
      causation_id: '1',
      traceparent: '00-trace-p-01',
      data: { letter: { kind }, letter_key: kind },
      heard: new Set(['worker']),
    }),
  )
  const contacts = asked('worker', 'profile', 'rpc.profile.get_contacts', 'c')
  const letters = [{ letter_key: 'verify_email', subject: 'Confirm' }]
  const origins = spans({ c: { kind: 'handling', message: 'p' } })
  const [event] = causesOf({ said: [...jobs, registered], asked: [contacts], letters }, origins)?.messages ?? []
  assert.deepEqual(
    event?.led.map(({ label, calls, letters }) => [label, calls.length, letters.length]),
    [
      ['jobs.notify_user verify_email', 0, 0],
      ['jobs.notify_user welcome', 1, 1],
    ],
    'both are handled side by side: what came of them stands under the last',
  )
})

test('nothing is put together while spans are under way, and what nothing explains is an error', () => {
  const question = asked('worker', 'profile', 'rpc.profile.get_contacts', 'c')
  const seen = { said: [], asked: [question], letters: [] }
  assert.equal(causesOf(seen, spans({ c: null })), null)
  assert.throws(() => causesOf(seen, spans({ c: { kind: 'handling', message: 'p' } })), /not seen/)
})
