// What a walk over the history finds: nothing where nothing was touched, else each record by its place.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readSigningKey, signCheckpoint } from './checkpoint.ts'
import { genesis, type HistoryRecord, hashOf, linkOf } from './record.ts'
import { type Place, verifier } from './verify.ts'

const newKey = () => readSigningKey(randomBytes(32).toString('base64url'))
const key = newKey()
const keys = new Map([[key.id, key.public]])

const record = (sequence: number, text = `event ${sequence}`): HistoryRecord => ({
  sequence,
  subject: 'events.order_paid',
  headers: [['ce-id', String(sequence)]],
  body: Buffer.from(text),
})

const sealed = (count: number): Place[] => {
  let link: Uint8Array = genesis
  return Array.from({ length: count }, (_, n) => {
    const at = record(n + 1)
    link = linkOf(link, hashOf(at))
    return { sequence: n + 1, record: at, link }
  })
}

const checkpointsOf = (places: readonly Place[], every: number) =>
  places.flatMap(({ sequence, link }) => (link && sequence % every === 0 ? [signCheckpoint(key, sequence, link)] : []))

const findingsIn = (places: readonly Place[], checkpoints = checkpointsOf(sealed(places.length), 5)) => {
  const walk = verifier({ keys })
  for (const checkpoint of checkpoints) walk.mind(checkpoint)
  for (const place of places) walk.feed(place)
  return walk.verdict().findings.map(({ sequence, last, what }) => `${what} ${sequence}${last ? `-${last}` : ''}`)
}

/** The places with some of them replaced. */
const but = (places: readonly Place[], changes: Record<number, Partial<Place>>) =>
  places.map((place) => ({ ...place, ...changes[place.sequence] }))

describe('the walk over the history', () => {
  it('finds nothing where nothing was touched, and says how far it came', () => {
    const places = sealed(20)
    const walk = verifier({ keys })
    const signed = new Map(checkpointsOf(places, 5).map((checkpoint) => [checkpoint.sequence, checkpoint]))
    for (const place of places) {
      walk.feed(place)
      const checkpoint = signed.get(place.sequence)
      if (checkpoint) walk.mind(checkpoint)
    }
    const { records, checkpoints, last, findings } = walk.verdict()
    assert.deepEqual([records, checkpoints, last?.sequence, findings], [20, 4, 20, []])
  })

  it('names a record whose body, header, subject or place was changed', () => {
    const original = record(7)
    for (const changed of [
      { ...original, body: Buffer.from('event 8') },
      { ...original, headers: [['ce-id', '8']] as const },
      { ...original, headers: [] },
      { ...original, subject: 'events.order_paid2' },
    ])
      assert.deepEqual(findingsIn(but(sealed(20), { 7: { record: changed } })), ['changed 7'])
  })

  it('names a record that was removed, alone or with its seal', () => {
    assert.deepEqual(findingsIn(but(sealed(20), { 7: { record: null } })), ['removed 7'])
    const without = sealed(20).filter(({ sequence }) => sequence !== 7)
    assert.deepEqual(findingsIn(without), ['removed 7'])
    const many = sealed(20).filter(({ sequence }) => sequence < 7 || sequence > 12)
    assert.deepEqual(findingsIn(many), ['removed 7-12'])
  })

  it('names two records that were swapped', () => {
    const swapped = but(sealed(20), {
      7: { record: { ...record(12), sequence: 7 } },
      12: { record: { ...record(7), sequence: 12 } },
    })
    assert.deepEqual(findingsIn(swapped), ['swapped 7', 'swapped 12'])
  })

  it('names a record that was put in between', () => {
    assert.deepEqual(findingsIn(but(sealed(20), { 12: { link: null } })), ['added 12'])
    const between = but(sealed(20), { 12: { link: null }, 13: { link: null }, 14: { record: record(14, 'a lie') } })
    assert.deepEqual(findingsIn(between), ['added 12-13', 'changed 14'])
  })

  it('counts what was there before the chain, and what waits for its seal', () => {
    let link: Uint8Array = genesis
    const chained = Array.from({ length: 17 }, (_, n) => record(n + 4)).map((one) => {
      link = linkOf(link, hashOf(one))
      return { sequence: one.sequence, record: one, link }
    })
    const before = [1, 2, 3].map((sequence) => ({ sequence, record: record(sequence), link: null }))
    const walk = verifier({ keys })
    for (const place of [...before, ...but(chained, { 19: { link: null }, 20: { link: null } })]) walk.feed(place)
    const { unproved, unsealed, findings, last } = walk.verdict()
    assert.deepEqual([unproved, unsealed, findings, last?.sequence], [3, 2, [], 18])
  })

  it('names the first checkpoint after the place from which on the chain was written anew', () => {
    const original = sealed(20)
    let link = original[6]?.link ?? genesis
    const rewritten = original.map((place) => {
      if (place.sequence <= 7) return place
      const forged = place.sequence === 8 ? record(8, 'a lie') : record(place.sequence)
      link = linkOf(link, hashOf(forged))
      return { ...place, record: forged, link }
    })
    assert.deepEqual(findingsIn(rewritten, checkpointsOf(original, 5)), [
      'rewritten 10',
      'rewritten 15',
      'rewritten 20',
    ])
  })

  it('names a checkpoint that somebody else signed, and a history that ends before one', () => {
    const places = sealed(10)
    const other = newKey()
    const forged = signCheckpoint(other, 5, places[4]?.link ?? genesis)
    assert.deepEqual(findingsIn(places, [forged]), ['forged 5'])
    assert.deepEqual(findingsIn(places, [{ ...forged, key_id: key.id }]), ['forged 5'])
    assert.deepEqual(findingsIn(places.slice(0, 8), checkpointsOf(places, 5)), ['removed 10'])
  })

  it('finds any one change of any one byte', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (sequence, where, by) => {
          const body = Buffer.from(`event ${sequence}`)
          body[where % body.length] = ((body[where % body.length] ?? 0) + by) % 256
          assert.deepEqual(findingsIn(but(sealed(20), { [sequence]: { record: { ...record(sequence), body } } })), [
            `changed ${sequence}`,
          ])
        },
      ),
    )
  })
})
