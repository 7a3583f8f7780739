import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type DeliveryStatus, deliveryStatus } from '@deliveryflow/contracts'
import fc from 'fast-check'
import { assign, decideCancel, decideMove, isFinal, simulatedStep, statusAfterStop } from './domain.ts'

const statuses = deliveryStatus.options
const final: readonly DeliveryStatus[] = ['DELIVERED', 'FAILED', 'CANCELLED']

describe('decideMove', () => {
  it('allows exactly the moves of a courier', () => {
    const made = statuses.flatMap((present) =>
      statuses.filter((wanted) => decideMove(present, wanted) === 'moved').map((wanted) => `${present}>${wanted}`),
    )
    assert.deepEqual(made, [
      'PENDING>IN_TRANSIT',
      'PENDING>FAILED',
      'IN_TRANSIT>OUT_FOR_DELIVERY',
      'IN_TRANSIT>FAILED',
      'OUT_FOR_DELIVERY>DELIVERED',
      'OUT_FOR_DELIVERY>FAILED',
    ])
  })

  it('finds the present status made already', () => {
    for (const status of statuses) assert.equal(decideMove(status, status), 'same')
  })

  it('names what is allowed instead', () => {
    assert.deepEqual(decideMove('PENDING', 'DELIVERED'), { allowed: ['IN_TRANSIT', 'FAILED'] })
    assert.deepEqual(decideMove('DELIVERED', 'FAILED'), { allowed: [] })
  })
})

describe('decideCancel', () => {
  it('holds until the parcel leaves, and only then', () => {
    assert.deepEqual(Object.fromEntries(statuses.map((status) => [status, decideCancel(status)])), {
      PENDING: 'cancelled',
      IN_TRANSIT: 'too_late',
      OUT_FOR_DELIVERY: 'too_late',
      DELIVERED: 'too_late',
      FAILED: 'too_late',
      CANCELLED: 'same',
    })
  })
})

describe('statusAfterStop', () => {
  it('ends what is not over and leaves what is', () => {
    assert.deepEqual(Object.fromEntries(statuses.map((status) => [status, statusAfterStop(status)])), {
      PENDING: 'CANCELLED',
      IN_TRANSIT: 'FAILED',
      OUT_FOR_DELIVERY: 'FAILED',
      DELIVERED: 'DELIVERED',
      FAILED: 'FAILED',
      CANCELLED: 'CANCELLED',
    })
  })
})

describe('simulatedStep', () => {
  it('takes a parcel to its end by moves that a courier may make', () => {
    for (const fails of [true, false]) {
      let status: DeliveryStatus = 'PENDING'
      for (let next = simulatedStep(status, fails); next !== null; next = simulatedStep(status, fails)) {
        assert.equal(decideMove(status, next), 'moved')
        status = next
      }
      assert.equal(status, fails ? 'FAILED' : 'DELIVERED')
    }
  })

  it('leaves alone what is over', () => {
    assert.deepEqual(
      statuses.filter((status) => simulatedStep(status, false) === null),
      final,
    )
    assert.deepEqual(statuses.filter(isFinal), final)
  })
})

describe('assign', () => {
  const courier = (unfinished: number, index: number) => ({ courier_id: String(index), name: `c${index}`, unfinished })

  it('begins with the courier who has the fewest, and spreads a batch', () => {
    const given = assign(['a', 'b', 'c', 'd'], [courier(2, 0), courier(0, 1), courier(1, 2)])
    assert.deepEqual(
      given.map((one) => one.courier?.courier_id),
      ['1', '1', '2', '0'],
    )
  })

  it('leaves every parcel without a courier when there is none', () => {
    assert.deepEqual(assign(['a'], []), [{ parcel: 'a', courier: null }])
  })

  it('gives away each parcel once, and nobody who got one has over one more than anybody', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }), (count, loads) => {
        const parcels = Array.from({ length: count }, (_, index) => index)
        const given = assign(parcels, loads.map(courier))
        assert.deepEqual(
          given.map(({ parcel }) => parcel),
          parcels,
        )
        const after = [...loads]
        const busy = new Set<number>()
        for (const one of given) {
          const index = Number(one.courier?.courier_id)
          after[index] = (after[index] ?? Number.NaN) + 1
          busy.add(index)
        }
        for (const index of busy) assert.ok((after[index] ?? Number.NaN) <= Math.min(...after) + 1)
      }),
    )
  })
})
