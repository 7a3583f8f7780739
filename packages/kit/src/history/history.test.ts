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
  const walk = verifier({ checkpoints, keys })
  for (const place of places) walk.feed(place)
  return walk.verdict().findings.map(({ sequence, what }) => `${what} ${sequence}`)
}

/** The places with some of them replaced. */
const but = (places: readonly Place[], changes: Record<number, Partial<Place>>) =>
  places.map((place) => ({ ...place, ...changes[place.sequence] }))

describe('the walk over the history', () => {
  it('finds nothing where nothing was touched, and says how far it came', () => {
    const walk = verifier({ checkpoints: checkpointsOf(sealed(20), 5), keys })
    for (const place of sealed(20)) walk.feed(place)
    const { records, last, findings } = walk.verdict()
    assert.deepEqual([records, last?.sequence, findings], [20, 20, []])
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
  })

  it('names two records that were swapped', () => {
    const swapped = but(sealed(20), {
      7: { record: { ...record(12), sequence: 7 } },
      12: { record: { ...record(7), sequence: 12 } },
    })
    assert.deepEqual(findingsIn(swapped), ['swapped 7', 'swapped 12'])
  })

  it('names a record that was put in between', () => {
    assert.deepEqual(findingsIn(but(sealed(20), { 20: { link: null } }), []), ['added 20'])
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
