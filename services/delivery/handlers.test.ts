import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { newId, Rejection } from '@deliveryflow/kit'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import { assignWaiting } from './assignment.ts'
import { admin, answered, courierCalled, customer, openDelivery, refusal } from './testing.ts'

let scratch: ScratchDatabase
let delivery: Awaited<ReturnType<typeof openDelivery>>
before(async () => {
  scratch = await scratchDatabase()
  delivery = await openDelivery(scratch.url)
})
after(async () => {
  await delivery?.close()
  await scratch?.drop()
})
beforeEach(() => delivery.reset())

const orders = (count: number) => Array.from({ length: count }, () => newId())
const dispatched = async () => {
  const order_id = newId()
  const courier_id = await delivery.registered('courier', 'Carl')
  await delivery.paid([order_id])
  return { order_id, courier_id, delivery_id: answered(await delivery.get(order_id)).delivery_id }
}

describe('payment_captured', () => {
  it('spreads a batch over the couriers, once for each order', async () => {
    const couriers = [await delivery.registered('courier', 'Carl'), await delivery.registered('courier', 'Cora')]
    await delivery.registered('customer', 'Ann')
    const batch = orders(4)
    await delivery.paid([...batch, ...batch])
    await delivery.paid(batch)
    const carried = await delivery.query('select courier_id, count(*) from deliveries group by 1')
    assert.deepEqual(
      new Map(carried.map((row) => [row.courier_id, row.count])),
      new Map(couriers.map((courier_id) => [courier_id, 2])),
    )
    for (const order_id of batch) assert.deepEqual(await delivery.said(order_id), ['delivery_assigned'])
  })

  it('waits for a courier: the first who registers, or one who came unseen', async () => {
    const [early = '', late = ''] = orders(2)
    await delivery.paid([early])
    assert.equal(answered(await delivery.get(early)).courier, null)
    assert.deepEqual(await delivery.said(early), [])
    const courier_id = await delivery.registered('courier', 'Carl')
    assert.deepEqual(answered(await delivery.get(early)).courier, { courier_id, name: 'Carl' })
    assert.deepEqual(await delivery.said(early), ['delivery_assigned'])

    await delivery.query('update couriers set active = false')
    await delivery.paid([late])
    assert.deepEqual(await delivery.said(late), [])
    await delivery.query('update couriers set active = true')
    const { context } = delivery
    const passes = [1, 2, 3].map(() => context.transaction((tx) => assignWaiting(tx, context.settings)))
    await Promise.all(passes)
    assert.deepEqual(await delivery.said(late), ['delivery_assigned'])
    assert.deepEqual(await delivery.said(early), ['delivery_assigned'])
  })
})

describe('delivery.get and delivery.update_status', () => {
  it('shows a delivery to its customer, its courier and administrators', async () => {
    const { order_id, courier_id } = await dispatched()
    const view = answered(await delivery.get(order_id))
    assert.deepEqual(view, await delivery.get(order_id, courierCalled(courier_id)))
    assert.deepEqual(view, await delivery.get(order_id, admin))
    for (const caller of [courierCalled(newId()), { ...customer, user_id: newId() }]) {
      assert.equal(refusal(await delivery.get(order_id, caller)), 'not_found')
    }
    assert.equal(refusal(await delivery.get(newId())), 'not_found')
  })

  it('moves a parcel to the door, says each move once, and knows whose parcel it is', async () => {
    const { order_id, courier_id, delivery_id } = await dispatched()
    const carl = courierCalled(courier_id)
    assert.equal(refusal(await delivery.move(delivery_id, 'IN_TRANSIT', courierCalled(newId()))), 'not_found')
    assert.equal(refusal(await delivery.move(newId(), 'IN_TRANSIT', carl)), 'not_found')
    const moved = answered(await delivery.move(delivery_id, 'IN_TRANSIT', carl, 'On my way'))
    assert.deepEqual([moved.status, moved.note], ['IN_TRANSIT', 'On my way'])
    assert.deepEqual(await delivery.move(delivery_id, 'IN_TRANSIT', carl), moved)
    assert.deepEqual(await delivery.get(order_id), moved)
    answered(await delivery.move(delivery_id, 'OUT_FOR_DELIVERY', admin))
    answered(await delivery.move(delivery_id, 'DELIVERED', carl))
    assert.deepEqual(await delivery.said(order_id), [
      'delivery_assigned',
      'IN_TRANSIT by courier',
      'OUT_FOR_DELIVERY by courier',
      'DELIVERED by courier',
    ])
  })

  it('refuses what cannot follow and says what can', async () => {
    const { order_id, delivery_id } = await dispatched()
    const answer = await delivery.move(delivery_id, 'DELIVERED')
    assert.ok(answer instanceof Rejection)
    assert.equal(answer.code, 'invalid_transition')
    assert.equal(answer.detail, 'The delivery is PENDING: it can become IN_TRANSIT or FAILED.')
    assert.deepEqual(answer.extra, { present: 'PENDING', allowed: ['IN_TRANSIT', 'FAILED'] })
    assert.deepEqual(await delivery.said(order_id), ['delivery_assigned'])
  })

  it('makes one of two moves that exclude each other', async () => {
    const { order_id, delivery_id } = await dispatched()
    await delivery.move(delivery_id, 'IN_TRANSIT')
    const wanted = ['OUT_FOR_DELIVERY', 'FAILED', 'OUT_FOR_DELIVERY', 'FAILED'] as const
    await Promise.all(wanted.map((status) => delivery.move(delivery_id, status)))
    const { status } = answered(await delivery.get(order_id))
    const told = (await delivery.said(order_id)).slice(2)
    assert.equal(told.at(-1), `${status} by courier`)
    assert.equal(new Set(told).size, told.length)
  })
})

describe("the customer's cancel", () => {
  it('holds before the delivery exists: it never begins', async () => {
    await delivery.registered('courier', 'Carl')
    const order_id = newId()
    const view = answered(await delivery.cancel(order_id))
    assert.deepEqual([view.status, view.courier], ['CANCELLED', null])
    await delivery.paid([order_id])
    assert.deepEqual(await delivery.cancel(order_id), view)
    assert.deepEqual(await delivery.get(order_id), view)
    assert.deepEqual(await delivery.said(order_id), ['CANCELLED by customer'])
  })

  it('holds until the parcel leaves', async () => {
    const waiting = await dispatched()
    assert.equal(answered(await delivery.cancel(waiting.order_id)).status, 'CANCELLED')
    assert.equal(refusal(await delivery.move(waiting.delivery_id, 'IN_TRANSIT')), 'invalid_transition')
    const gone = await dispatched()
    for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'] as const) {
      answered(await delivery.move(gone.delivery_id, status))
      assert.equal(refusal(await delivery.cancel(gone.order_id)), 'cancel_too_late')
    }
    const failed = await dispatched()
    await delivery.move(failed.delivery_id, 'FAILED')
    assert.equal(refusal(await delivery.cancel(failed.order_id)), 'cancel_too_late')
  })

  it('and the courier who leaves with the parcel: one of the two', async () => {
    for (let n = 0; n < 10; n++) {
      const { order_id, delivery_id } = await dispatched()
      const [cancelled] = await Promise.all([delivery.cancel(order_id), delivery.move(delivery_id, 'IN_TRANSIT')])
      const end = cancelled instanceof Rejection ? 'IN_TRANSIT by courier' : 'CANCELLED by customer'
      assert.deepEqual(await delivery.said(order_id), ['delivery_assigned', end])
    }
  })

  it('wins or loses as a whole against payment, courier and saga at the same moment', async () => {
    await delivery.registered('courier', 'Carl')
    const batch = orders(40)
    await Promise.all([
      delivery.paid(batch),
      ...batch.slice(0, 20).map((order_id) => delivery.cancel(order_id)),
      delivery.stop(...batch.slice(10, 30).toReversed()),
      delivery.paid(batch.toReversed()),
    ])
    for (const [index, order_id] of batch.entries()) {
      const { status } = answered(await delivery.get(order_id))
      assert.equal(status, index < 30 ? 'CANCELLED' : 'PENDING')
      const told = await delivery.said(order_id)
      const count = (what: string) => told.filter((event) => event === what).length
      assert.ok(count('delivery_assigned') <= 1)
      assert.ok(count('CANCELLED by customer') <= 1)
      assert.equal(count('CANCELLED by saga'), index >= 10 && index < 30 ? 1 : 0)
      if (index < 10) assert.equal(told.at(-1), 'CANCELLED by customer')
    }
  })
})

describe('delivery.cancel of the saga', () => {
  it('ends what is not over, and tells again what is', async () => {
    const moves = ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'] as const
    const ends = ['CANCELLED', 'FAILED', 'FAILED', 'DELIVERED']
    for (const [count, end] of ends.entries()) {
      const { order_id, delivery_id } = await dispatched()
      for (const status of moves.slice(0, count)) answered(await delivery.move(delivery_id, status))
      await delivery.stop(order_id, order_id)
      await delivery.stop(order_id)
      const view = answered(await delivery.get(order_id))
      assert.equal(view.status, end)
      assert.equal(view.note, end === 'FAILED' ? 'Called back: the order is being cancelled.' : null)
      const told = (await delivery.said(order_id)).slice(1 + count)
      assert.deepEqual(told, [`${end} by saga`, `${end} by saga`, `${end} by saga`])
    }
  })

  it('keeps a delivery from beginning that would come later', async () => {
    const order_id = newId()
    await delivery.stop(order_id)
    await delivery.paid([order_id])
    await delivery.registered('courier', 'Carl')
    assert.equal(answered(await delivery.get(order_id)).status, 'CANCELLED')
    assert.deepEqual(await delivery.said(order_id), ['CANCELLED by saga'])
  })
})
