// dfctl events against a running system: from a place on, of one kind, and through a lost connection.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { customer, orderOf, product, signIn } from '../../../tests/client.ts'
import { type TestSystem, testSystem } from '../../../tests/harness.ts'
import { openLocal } from '../local.ts'
import type { Target } from '../target.ts'
import { eventDetail } from './detail.ts'
import { type Tailed, tail, tailedOf } from './tail.ts'

let system: TestSystem
let target: Target
before(async () => {
  system = await testSystem()
  target = openLocal(system.dir ?? '')
})
after(() => target?.close())

const all = () => true

const collect = async (events: AsyncIterable<Tailed>, enough: (seen: readonly Tailed[]) => boolean) => {
  const seen: Tailed[] = []
  for await (const event of events) {
    seen.push(event)
    if (enough(seen)) break
  }
  return seen
}

describe('events', () => {
  it('come from a sequence on, in the order of the history, and of the wanted types alone', async () => {
    for (let n = 0; n < 4; n++) await customer(system.url)
    const stop = AbortSignal.timeout(60_000)
    const first = await collect(
      tail(target, { subjects: ['events.*'], from_sequence: 1, stop, wanted: all }),
      (seen) => seen.length === 5,
    )
    assert.deepEqual(
      first.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5],
    )
    const registered = await collect(
      tail(target, { subjects: ['events.user_registered'], since: new Date(0), stop, wanted: all }),
      (seen) => seen.length === 1,
    )
    assert.equal(registered[0]?.type, 'user_registered')
    assert.equal(registered[0]?.data.email, system.admin.email)
  })

  it('of a new order come each once, also when the connection is lost in between', async () => {
    const admin = await signIn(system.url, system.admin.email, system.admin.password)
    const thing = await product(admin)
    const poor = await customer(system.url)
    const stop = AbortSignal.timeout(90_000)
    const since = new Date()
    const wanted = ({ data }: Tailed) => data.user_id === poor.user_id
    const events = tail(target, {
      subjects: ['events.*'],
      since,
      stop,
      wanted,
    })
    const first = events.next()
    await poor.post('/api/orders', orderOf(thing))
    const { value } = await first
    const connection = await target.nats()
    await connection.reconnect()
    const types = [
      value?.type,
      ...(await collect(events, (seen) => seen.at(-1)?.type === 'order_cancelled')).map(({ type }) => type),
    ]
    assert.deepEqual(types, [
      'order_created',
      'inventory_reserved',
      'payment_failed',
      'inventory_released',
      'order_cancelled',
    ])
  })

  it('that are old do not come where nothing is said of where to begin', async () => {
    const stop = AbortSignal.timeout(1500)
    const wanted = ({ data }: Tailed) => data.email === system.admin.email
    assert.deepEqual(
      await collect(tail(target, { subjects: ['events.user_registered'], stop, wanted }), () => false),
      [],
    )
  })

  it('that fit no contract are shown as they are', () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    const time = new Date(0)
    const broken = tailedOf({
      seq: 7,
      time,
      subject: 'events.order_paid',
      headers: undefined,
      data: bytes('{oops'),
    } as Parameters<typeof tailedOf>[0])
    assert.equal(broken.type, 'order_paid')
    assert.deepEqual(broken.data, { unreadable: '{oops' })
    assert.deepEqual(eventDetail('order_created', { order_id: 'x' }), { total: undefined })
    assert.deepEqual(eventDetail('delivery_assigned', { order_id: 'x', courier: null }), { courier: null })
    assert.deepEqual(eventDetail('something_new', { user_id: 'x', a: 1 }), { a: 1 })
  })
})
