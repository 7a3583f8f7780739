import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Caller, type InputOf, listAuditEvents } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import type { StoredRecord } from '@deliveryflow/kit/history/record'
import { scratchDatabase } from '@deliveryflow/local/testing'
import { eventTypes } from './domain.ts'
import * as handle from './handlers.ts'
import { type Happened, recordOf, type ScratchIndex, scratchIndex } from './testing.ts'

type Filter = Partial<InputOf<typeof listAuditEvents>>

describe('audit on PostgreSQL', () => {
  let index: ScratchIndex
  const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))

  /** Event n of 60: of orders 1 to 6 in turn, of users 11 and 12; odd ones enter the history five seconds late. */
  const event = (n: number): Happened => ({
    sequence: n,
    id: uuid(1000 + n),
    type: eventTypes[n % 3] ?? '',
    aggregate: uuid(1 + (n % 6)),
    correlation_id: uuid(1 + (n % 6)),
    causation_id: n > 6 ? uuid(1000 + n - 6) : null,
    time: at(n % 2 ? n - 5 : n),
    data: { z: n, order_id: uuid(1 + (n % 6)), user_id: uuid(11 + (n % 2)), a: null },
  })
  const enter = (some: readonly Happened[]) => handle.enter(some.map(recordOf), index.db)
  const events = Array.from({ length: 60 }, (_, n) => event(n + 1))

  before(async () => {
    index = await scratchIndex(await scratchDatabase())
    await enter(events.slice(20))
    await enter(events.slice(0, 30))
  })
  after(() => index?.drop())

  const admin: Caller = { user_id: uuid(99), role: 'admin' }
  const ask = (filter: Filter) =>
    // The answer takes nothing from its context but the database.
    handle.list(
      listAuditEvents.input.parse(filter),
      { db: index.db } as unknown as Parameters<typeof handle.list>[1],
      admin,
    )
  const list = async (filter: Filter) => {
    const page = await ask(filter)
    assert.ok(!(page instanceof Rejection), page instanceof Rejection ? page.detail : '')
    return listAuditEvents.output.parse(page)
  }
  const sequences = async (filter: Filter) =>
    (await list({ limit: 100, ...filter })).items.map(({ sequence }) => sequence)
  const where = (matches: (event: Happened) => boolean) => events.filter(matches).map(({ sequence }) => sequence)

  describe('the index', () => {
    it('holds each event once, in the order of the history, however it came', async () => {
      assert.deepEqual(
        await sequences({}),
        events.map(({ sequence }) => sequence),
      )
      const { time, aggregate, id, ...first } = event(1)
      assert.deepEqual((await list({ limit: 1 })).items, [
        {
          ...first,
          source: 'order',
          event_id: id,
          subject: aggregate,
          order_id: uuid(2),
          user_id: uuid(12),
          time: time.toISOString(),
        },
      ])
    })

    it('keeps the text of the data as it came', async () => {
      const text = 'select data::text from events where sequence = 1'
      const rows = await index.rows<{ data: string }>(text)
      assert.equal(rows[0]?.data, JSON.stringify(event(1).data))
    })

    it('refuses another event at a place that is taken', async () => {
      await assert.rejects(enter([{ ...event(1), id: uuid(5000) }]), /Place 1 .*began anew/)
    })

    it('takes in whatever somebody publishes', async () => {
      const strange: StoredRecord[] = [
        [['ce-time', '-271821-04-20T00:00:00.000Z'], '{}'],
        [['ce-time', '+275760-09-13T00:00:00.000Z'], '{}'],
        [['ce-type', 'a\0b'], '{"a":"\\u0000\\ud800"}'],
        [['ce-subject', '😀'.repeat(5000)], `"${'x'.repeat(100_000)}"`],
        [['ce-correlationid', '\ud83d'.repeat(499)], '['.repeat(200_000) + ']'.repeat(200_000)],
      ].map(([header, body], n) => ({
        ...{ sequence: 201 + n, subject: 'events.order_paid', stored_at: at(0) },
        ...{ headers: [header as [string, string]], body: Buffer.from(String(body)) },
      }))
      await handle.enter(strange, index.db)
      assert.deepEqual(
        (await list({ cursor: '200' })).items.map(({ time }) => time),
        strange.map(() => at(0).toISOString()),
      )
      await index.rows('delete from events where sequence > 200')
    })

    it('counts an event that names no order to the one of its correlation, unless that is its own', async () => {
      const stray = (sequence: number, correlation_id: string): Happened => ({
        ...event(sequence),
        aggregate: uuid(500),
        correlation_id,
        data: { product_id: uuid(500) },
      })
      await enter([stray(101, uuid(1)), stray(102, uuid(500))])
      const found = (await list({ cursor: '100' })).items.map(({ order_id }) => order_id)
      assert.deepEqual(found, [uuid(1), null])
      await index.rows('delete from events where sequence > 100')
    })
  })

  describe('the list of events', () => {
    it('filters by order, user, type and time, alone and together', async () => {
      const [type = ''] = eventTypes
      assert.deepEqual(
        await sequences({ order_id: uuid(3) }),
        where(({ data }) => data.order_id === uuid(3)),
      )
      assert.deepEqual(
        await sequences({ user_id: uuid(11) }),
        where(({ data }) => data.user_id === uuid(11)),
      )
      assert.deepEqual(
        await sequences({ type }),
        where((one) => one.type === type),
      )
      assert.deepEqual(
        await sequences({ from: at(10).toISOString(), to: at(14).toISOString() }),
        where(({ time }) => time >= at(10) && time <= at(14)),
      )
      assert.deepEqual(
        await sequences({ type, to: at(14).toISOString() }),
        where(({ time, ...one }) => time <= at(14) && one.type === type),
      )
      assert.deepEqual(
        await sequences({ user_id: uuid(11), type, from: at(30).toISOString(), order_id: uuid(1) }),
        where(({ data, time, ...one }) => data.order_id === uuid(1) && one.type === type && time >= at(30)),
      )
      assert.deepEqual(await sequences({ order_id: uuid(3), user_id: uuid(99) }), [])
    })

    it('filters by what an event is about and by its journey, which need not be the same', async () => {
      const review: Happened = { ...event(101), aggregate: uuid(700), correlation_id: uuid(3), data: {} }
      await enter([review])
      const journey = [...where(({ correlation_id }) => correlation_id === uuid(3)), 101]
      assert.deepEqual(await sequences({ correlation_id: uuid(3) }), journey)
      assert.deepEqual(await sequences({ correlation_id: uuid(3), order: 'desc' }), journey.toReversed())
      assert.deepEqual(await sequences({ aggregate: uuid(700) }), [101])
      assert.deepEqual(await sequences({ aggregate: uuid(3), correlation_id: uuid(3) }), journey.slice(0, -1))
      assert.deepEqual(await sequences({ aggregate: uuid(3), correlation_id: uuid(4) }), [])
      await index.rows('delete from events where sequence > 100')
    })

    it('pages through all of it, each event once', async () => {
      const filters: Filter[] = [{}, { order_id: uuid(3) }, { from: at(31).toISOString() }, { aggregate: uuid(3) }]
      for (const filter of filters.flatMap((one): Filter[] => [one, { ...one, order: 'desc' }])) {
        const whole = await sequences(filter)
        assert.ok(whole.length > 5)
        assert.equal((whole[0] ?? 0) > (whole[1] ?? 0), filter.order === 'desc')
        const seen: number[] = []
        let cursor: string | null | undefined
        do {
          const page = await list({ ...filter, limit: 5, ...(cursor ? { cursor } : {}) })
          seen.push(...page.items.map(({ sequence }) => sequence))
          cursor = page.next_cursor
        } while (cursor)
        assert.deepEqual(seen, whole)
      }
    })

    it('refuses what cannot be meant, and says why', async () => {
      const wrong: [Filter, RegExp][] = [
        [{ type: 'order_payed' }, /^type: .*order_paid/],
        [{ from: at(2).toISOString(), to: at(1).toISOString() }, /^from:/],
        [{ cursor: '-1' }, /^cursor:/],
        [{ cursor: '' }, /^cursor:/],
        [{ cursor: '9'.repeat(30) }, /^cursor:/],
      ]
      for (const [filter, reason] of wrong) {
        const answer = await ask(filter)
        assert.ok(answer instanceof Rejection && answer.code === 'invalid_request')
        assert.match(answer.detail, reason)
      }
      assert.deepEqual(await sequences({ cursor: '9'.repeat(15), from: '0000-01-01T00:00:00Z' }), [])
    })
  })
})
