import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DeliveryStatus } from './delivery.ts'
import { orderStatus } from './order.ts'
import { isFinal, statusAfter } from './order-journey.ts'
import { topology } from './topology.ts'

const whose = { order_id: '1', user_id: '2' }
const moved = (status: DeliveryStatus) =>
  statusAfter('delivery_status_updated', { ...whose, delivery_id: '3', status, by: 'courier', note: null })

describe('statusAfter', () => {
  it('reaches every status by exactly one event', () => {
    const types = topology['order-history'].hears.map(({ type }) => type)
    const reached = types.map((type) =>
      type === 'delivery_status_updated' ? moved('IN_TRANSIT') : statusAfter(type, whose as never),
    )
    assert.deepEqual(reached.filter((status) => status !== null).sort(), [...orderStatus.options].sort())
  })

  it('counts a parcel as on its way once, when it leaves', () => {
    const others = ['PENDING', 'OUT_FOR_DELIVERY', 'DELIVERED', 'FAILED', 'CANCELLED'] as const
    for (const status of others) assert.equal(moved(status), null)
  })
})

describe('isFinal', () => {
  it('holds for the two ends of a journey alone', () => {
    assert.deepEqual(orderStatus.options.filter(isFinal), ['COMPLETED', 'CANCELLED'])
  })
})
