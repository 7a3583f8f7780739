// Generated from the table of steps, so that a new step is tested by being in the table. Form: the saga tests of
// oxidecomputer/omicron, where every action is made to fail and every undo is repeated.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CancelReason } from '@deliveryflow/contracts'
import fc from 'fast-check'
import { decide, type FactName, type Facts, factOf, fold, hear, lateStep, sendAgain, steps } from './domain.ts'
import { type Choose, deadlines, inOrder, newSaga, type Script, smooth, World } from './world.ts'

const reasons: { readonly [Name in FactName]?: CancelReason } = {
  inventory_rejected: 'OUT_OF_STOCK',
  payment_failed: 'INSUFFICIENT_FUNDS',
  delivery_failed: 'DELIVERY_FAILED',
  delivery_cancelled: 'CUSTOMER',
  reserve_timed_out: 'TIMED_OUT',
  pay_timed_out: 'TIMED_OUT',
  assign_timed_out: 'TIMED_OUT',
  deliver_timed_out: 'TIMED_OUT',
}
const at = (n: number) => new Date(n).toISOString()
const known = (...names: FactName[]): Facts =>
  Object.fromEntries(
    names.map((name, n) => {
      const reason = reasons[name]
      return [name, { at: at(n), event_id: `event ${n}`, ...(reason && { reason }) }]
    }),
  )
const waitsFor = (facts: Facts) => {
  const { status, step } = decide(facts)
  return `${status} ${step}`
}

/** What must hold of every order's world once it has come to rest. */
const nothingLeftDone = ({ saga, stock, money, parcel, order }: World) => {
  assert.equal(saga.deadline_at, null)
  assert.equal(order, saga.status)
  if (saga.status === 'COMPLETED') {
    assert.deepEqual([stock, money, parcel], ['reserved', 'captured', 'DELIVERED'])
    assert.equal(saga.reason, null)
  } else {
    assert.equal(saga.status, 'CANCELLED')
    assert.notEqual(stock, 'reserved')
    assert.notEqual(money, 'captured')
    assert.ok(parcel === 'none' || parcel === 'CANCELLED' || parcel === 'FAILED', parcel)
    assert.notEqual(saga.reason, null)
  }
}
const sentBy = (world: World) => world.commands.map(({ contract }) => contract.type)

const compensatable = steps.filter((step) => step.undo !== null)
const before = (index: number) => steps.slice(0, index).map(({ awaits }) => awaits)
/** The undo commands of the first `count` steps, last first, and the cancellation. */
const undosOf = (count: number) => [
  ...steps
    .slice(0, count)
    .toReversed()
    .flatMap(({ undo }) => undo?.command.type ?? []),
  'order.cancel',
]

describe('the way forward', () => {
  for (const [index, { name, awaits }] of steps.entries()) {
    it(`waits for ${awaits} in step ${name}, also when what went before is heard of later`, () => {
      assert.equal(waitsFor(known('order_created', ...before(index))), `RUNNING ${name}`)
      assert.equal(waitsFor(known(...before(index).slice(-1))), `RUNNING ${name}`)
    })
  }

  it('is completed by order_completed, and not by the delivery alone', () => {
    assert.equal(waitsFor(known('delivery_delivered')), 'RUNNING complete')
    assert.equal(waitsFor(known(...steps.map(({ awaits }) => awaits))), 'COMPLETED null')
  })

  it('sends no command', () => {
    const world = new World(smooth, inOrder).run()
    nothingLeftDone(world)
    assert.equal(world.saga.status, 'COMPLETED')
    assert.deepEqual(world.commands, [])
  })
})

describe('a step that fails', () => {
  for (const [index, { name, fails_on }] of steps.entries()) {
    for (const fact of fails_on) {
      it(`${name} by ${fact}: undoes what went before, last first, then cancels with its reason`, () => {
        let facts = known(...before(index), fact)
        const undone: string[] = []
        for (const step of compensatable.toReversed()) {
          const { status, step: present, command, reason } = decide(facts)
          if (present !== step.name) continue
          assert.deepEqual([status, command?.type, reason], ['COMPENSATING', step.undo.command.type, reasons[fact]])
          undone.push(present)
          const [confirmation] = step.undo.confirmed_by.slice(-1)
          if (confirmation) facts = { ...facts, ...known(confirmation) }
        }
        const due = compensatable.filter((step) => {
          const confirmed: readonly FactName[] = step.undo.confirmed_by
          return before(index).includes(step.awaits) && !confirmed.includes(fact)
        })
        assert.deepEqual(undone, due.map(({ name: step }) => step).toReversed())
        assert.equal(waitsFor(facts), 'COMPENSATING cancel')
        const cancelled = { at: at(9), event_id: 'event 9', reason: reasons[fact] ?? 'TIMED_OUT' }
        assert.equal(waitsFor({ ...facts, order_cancelled: cancelled }), 'CANCELLED null')
      })
    }
    if (fails_on.length > 0) {
      it(`${name}: nothing is left done`, () => {
        const world = new World({ ...smooth, [name]: 'refuses' }, inOrder).run()
        nothingLeftDone(world)
        assert.equal(world.saga.status, 'CANCELLED')
      })
    }
  }
})

describe('the reason', () => {
  const fact = (n: number, reason: CancelReason) => ({ at: at(n), event_id: `event ${n}`, reason })

  it('is the first fact that ends the order, whichever was heard of first', () => {
    const facts = { delivery_cancelled: fact(2, 'CUSTOMER'), pay_timed_out: fact(1, 'TIMED_OUT') }
    assert.equal(decide(facts).reason, 'TIMED_OUT')
    assert.equal(decide({ ...facts, payment_failed: fact(0, 'NO_ACCOUNT') }).reason, 'NO_ACCOUNT')
  })

  it('is what the cancellation said, once it is said', () => {
    const facts = { delivery_cancelled: fact(1, 'CUSTOMER'), order_cancelled: fact(2, 'TIMED_OUT') }
    assert.equal(decide(facts).reason, 'TIMED_OUT')
  })
})

describe('a step that is late', () => {
  for (const [index, { name, deadline }] of steps.entries()) {
    if (deadline === null) continue
    it(`${name}: is undone with all that went before, and its late success too`, () => {
      const world = new World({ ...smooth, [name]: 'late' }, inOrder).run()
      nothingLeftDone(world)
      assert.equal(world.saga.status, 'CANCELLED')
      assert.equal(world.saga.reason, 'TIMED_OUT')
      assert.deepEqual(sentBy(world), undosOf(compensatable.length))
      assert.ok(world.saga.facts[`${name}_timed_out`])
    })

    it(`${name}: has ${deadline} from when the saga began to wait for it`, () => {
      const now = new Date(1_000_000)
      const events = new World(smooth, inOrder).run().heard
      const past = events.filter((event) => before(index).some((fact) => fact === factOf(event)[0]))
      const heard = hear(newSaga(), [...events.slice(0, 1), ...past], now, deadlines)
      assert.equal(heard?.saga.step, name)
      assert.equal(heard?.saga.deadline_at?.getTime(), now.getTime() + deadlines[deadline])
    })
  }
})

describe('an undo', () => {
  const typeOf = (fact: FactName) => (fact.startsWith('delivery_') ? 'delivery_status_updated' : fact)

  for (const [index, { name, undo }] of compensatable.entries()) {
    it(`of ${name} that is not confirmed in time is sent again, each time with twice the patience`, () => {
      const later = compensatable.slice(index + 1).flatMap((step) => step.undo.confirmed_by.slice(-1))
      const facts = known('inventory_reserved', 'payment_captured', 'deliver_timed_out', ...later)
      let { saga } = sendAgain({ ...newSaga(), facts, status: 'COMPENSATING' }, new Date(0), deadlines)
      for (let times = 1; times < 9; times++) {
        assert.equal(saga.sent[undo.command.type], times)
        const { deadline_at } = saga
        assert.ok(deadline_at)
        assert.equal(lateStep(saga), null)
        const again = sendAgain(saga, deadline_at, deadlines)
        assert.equal(again.command?.contract, undo.command)
        const patience = deadlines.COMMAND_DEADLINE_MS * 2 ** Math.min(times, 5)
        assert.equal(again.saga.deadline_at?.getTime(), deadline_at.getTime() + patience)
        saga = again.saga
      }
    })

    it(`of ${name} that is commanded and confirmed twice changes nothing more`, () => {
      const once = new World({ ...smooth, deliver: 'refuses' }, inOrder).run()
      const types: readonly string[] = [undo.command.type, ...undo.confirmed_by.map(typeOf)]
      const twice = new World({ ...smooth, deliver: 'refuses' }, inOrder).run({ twice: (type) => types.includes(type) })
      nothingLeftDone(twice)
      assert.deepEqual(sentBy(twice), sentBy(once))
    })

    it(`of ${name} that was skipped is sent when its success is heard of after all`, () => {
      const skipped = known('inventory_rejected', 'order_cancelled')
      const facts = { ...skipped, order_cancelled: { at: at(1), event_id: 'event', reason: 'OUT_OF_STOCK' } as const }
      assert.equal(waitsFor(facts), 'CANCELLED null')
      const success = steps.find((step) => step.name === name)?.awaits
      assert.ok(success)
      const late = { ...facts, ...known(success) }
      assert.equal(decide(late).command, undo.command)
      const [confirmation] = undo.confirmed_by
      assert.equal(waitsFor({ ...late, ...known(confirmation) }), 'CANCELLED null')
    })
  }

  it('of a delivery that is over already is not needed', () => {
    const commands = ['payment.refund', 'inventory.release', 'order.cancel']
    assert.deepEqual(sentBy(new World({ ...smooth, deliver: 'refuses' }, inOrder).run()), commands)
    assert.deepEqual(sentBy(new World({ ...smooth, customer: 0 }, inOrder).run()), commands)
  })

  it('loses the race against the delivery: the order goes on', () => {
    const facts = known('inventory_reserved', 'payment_captured', 'delivery_assigned', 'deliver_timed_out')
    assert.equal(decide(facts).command?.type, 'delivery.cancel')
    const delivered = { ...facts, ...known('delivery_delivered') }
    assert.deepEqual(decide(delivered), { status: 'RUNNING', step: 'complete', reason: null, command: null })
  })
})

describe('an event', () => {
  it('that tells of a known fact changes nothing, unless it is the earlier one', () => {
    const [event] = new World(smooth, inOrder).run().heard
    assert.ok(event)
    const first = hear(newSaga(), [event], new Date(0), deadlines)?.saga
    assert.ok(first)
    const moved = (ms: number) => ({ ...event, time: new Date(event.time.getTime() + ms) })
    assert.equal(hear(first, [moved(0), moved(1)], new Date(0), deadlines), null)
    const earlier = hear(first, [moved(-1)], new Date(0), deadlines)?.saga.facts.order_created
    assert.equal(earlier?.at, moved(-1).time.toISOString())
  })

  it('that leaves the step as it is leaves its deadline too', () => {
    const { heard } = new World({ ...smooth, pay: 'refuses' }, inOrder).run()
    const [created, ...others] = heard.filter(({ type }) => type === 'order_created' || type === 'inventory_released')
    assert.ok(created && others.length === 1)
    const first = hear(newSaga(), [created], new Date(0), deadlines)?.saga
    assert.ok(first)
    const second = hear(first, others, new Date(50), deadlines)?.saga
    assert.deepEqual(second?.deadline_at, first.deadline_at)
  })

  for (const script of [smooth, { ...smooth, deliver: 'refuses' } as const, { ...smooth, pay: 'late' } as const]) {
    const once = new World(script, inOrder).run()
    for (const type of new Set(once.heard.map((event) => event.type))) {
      it(`${type} that is heard twice on the way to ${once.saga.reason ?? once.saga.status} changes nothing more`, () => {
        const twice = new World(script, inOrder).run({ twice: (heard) => heard === type })
        nothingLeftDone(twice)
        assert.deepEqual(sentBy(twice), sentBy(once))
        assert.equal(twice.saga.reason, once.saga.reason)
      })
    }
  }
})

describe('the customer', () => {
  const length = new World(smooth, inOrder).run().heard.length * 2
  for (let point = 0; point < length; point++) {
    it(`cancels after ${point} messages: all is undone, or all goes on`, () => {
      const world = new World({ ...smooth, customer: point }, inOrder).run()
      nothingLeftDone(world)
      if (world.saga.status === 'CANCELLED') assert.equal(world.saga.reason, 'CUSTOMER')
    })
  }
})

const behaviour = fc.constantFrom('works', 'late', 'refuses')
const script = fc.record<Script>({
  reserve: behaviour,
  pay: behaviour,
  assign: fc.constantFrom('works', 'late'),
  deliver: behaviour,
  customer: fc.option(fc.nat(20)),
})
const draws = fc.infiniteStream(fc.nat(1000))
const choosing =
  (stream: fc.Stream<number>): Choose =>
  (n) =>
    (stream.next().value ?? 0) % n

describe('whatever happens', () => {
  it('ends completed or with nothing left done: any failures, in any order, heard twice, deadlines passing at any time', () => {
    const ends = new Set<string>()
    fc.assert(
      fc.property(script, draws, fc.boolean(), fc.boolean(), (written, stream, twice, impatient) => {
        const world = new World(written, choosing(stream)).run({ twice: () => twice, impatient })
        nothingLeftDone(world)
        ends.add(world.saga.reason ?? world.saga.status)
      }),
      { numRuns: 2000 },
    )
    // The property is worth something only when all ends are reached.
    const all = ['COMPLETED', 'CUSTOMER', 'DELIVERY_FAILED', 'INSUFFICIENT_FUNDS', 'OUT_OF_STOCK', 'TIMED_OUT']
    assert.deepEqual([...ends].sort(), all)
  })

  it('decides the same in whatever order, and however often, the same events are heard', () => {
    fc.assert(
      fc.property(script, draws, (written, stream) => {
        const { heard, saga } = new World(written, choosing(stream)).run()
        const events = [...heard, ...heard]
          .map((event) => ({ event, place: stream.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
        let other = newSaga()
        for (const { event } of events) other = hear(other, [event], new Date(0), deadlines)?.saga ?? other
        assert.deepEqual(other.facts, saga.facts)
        assert.deepEqual(decide(other.facts), decide(saga.facts))
        assert.equal(other.status, saga.status)
        const folded = events.reduce((before, { event }) => fold(before, [event]), newSaga())
        const { sent, deadline_at, version, ...view } = saga
        assert.deepEqual(folded, { ...view, sent: {}, deadline_at: null, version: 0 })
      }),
      { numRuns: 500 },
    )
  })
})
