import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@deliveryflow/kit'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import type { DeliveryContext } from './assignment.ts'
import { startBackground } from './background.ts'
import { simulate } from './simulator.ts'
import { answered, openDelivery } from './testing.ts'

let scratch: ScratchDatabase
let delivery: Awaited<ReturnType<typeof openDelivery>>
let played: DeliveryContext
before(async () => {
  scratch = await scratchDatabase()
  delivery = await openDelivery(scratch.url)
  played = delivery.contextWith({ SIMULATOR: true })
})
after(async () => {
  await delivery?.close()
  await scratch?.drop()
})
beforeEach(() => delivery.reset())

const statusOf = async (order_id: string) => answered(await delivery.get(order_id)).status
const passes = async (count: number, context = played) => {
  for (let n = 0; n < count; n++) {
    await sleep(5)
    await simulate(context)
  }
}
const way = ['IN_TRANSIT by courier', 'OUT_FOR_DELIVERY by courier', 'DELIVERED by courier']

describe('the simulator', () => {
  it('brings parcels step by step to the door, however many play', async () => {
    await delivery.registered('courier', 'Carl')
    const orders = Array.from({ length: 30 }, () => newId())
    await delivery.paid(orders, played)
    await Promise.all([passes(6), passes(6), passes(6)])
    await passes(3)
    for (const order_id of orders) assert.deepEqual(await delivery.said(order_id), ['delivery_assigned', ...way])
    assert.equal(await simulate(played), false)
  })

  it('does nothing before a step is due', async () => {
    await delivery.registered('courier', 'Carl')
    const slow = delivery.contextWith({ SIMULATOR: true, SIMULATOR_STEP_MS: 60_000 })
    const order_id = newId()
    await delivery.paid([order_id], slow)
    await passes(2, slow)
    assert.equal(await statusOf(order_id), 'PENDING')
  })

  it('leaves to people what a person moved, and what was cancelled', async () => {
    await delivery.registered('courier', 'Carl')
    const [moved, cancelled, stopped] = [newId(), newId(), newId()]
    await delivery.paid([moved, cancelled, stopped], played)
    await delivery.move(answered(await delivery.get(moved)).delivery_id, 'IN_TRANSIT')
    await delivery.cancel(cancelled)
    await delivery.stop(stopped)
    await passes(4)
    assert.deepEqual(await Promise.all([moved, cancelled, stopped].map(statusOf)), [
      'IN_TRANSIT',
      'CANCELLED',
      'CANCELLED',
    ])
  })

  it('fails as many at the door as it is told', async () => {
    await delivery.registered('courier', 'Carl')
    const order_id = newId()
    await delivery.paid([order_id], played)
    await passes(4, delivery.contextWith({ SIMULATOR: true, SIMULATOR_FAIL_PERCENT: 100 }))
    assert.deepEqual((await delivery.said(order_id)).slice(-2), ['OUT_FOR_DELIVERY by courier', 'FAILED by courier'])
    assert.equal(answered(await delivery.get(order_id)).note, 'Nobody opened the door.')
  })
})

describe('the background work', () => {
  it('gives waiting parcels away and plays their couriers, until it is stopped', async () => {
    const [waiting, left] = [newId(), newId()]
    await delivery.paid([waiting])
    await delivery.query(`insert into couriers values ('${newId()}', 'Carl')`)
    await delivery.paid([left])
    const background = await startBackground(played)
    try {
      for (let tries = 0; tries < 300; tries++) {
        if ((await statusOf(waiting)) === 'DELIVERED' && (await statusOf(left)) === 'DELIVERED') break
        await sleep(10)
      }
    } finally {
      await background.stop()
    }
    for (const order_id of [waiting, left]) {
      assert.deepEqual(await delivery.said(order_id), ['delivery_assigned', ...way])
    }
    const later = newId()
    await delivery.paid([later], played)
    await sleep(30)
    assert.equal(await statusOf(later), 'PENDING')
  })
})
