import assert from 'node:assert/strict'
import { it } from 'node:test'
import { measuresOf } from './measures.ts'

const en = measuresOf('en')
const ru = measuresOf('ru')

it('a duration is told in its two largest units', () => {
  for (const [ms, words] of [
    [0, '0 ms'],
    [0.44, '0.4 ms'],
    [12.4, '12 ms'],
    [999.6, '1 sec'],
    [1240, '1.2 sec'],
    [59_400, '59 sec'],
    [59_999, '1 min'],
    [185_000, '3 min 5 sec'],
    [3_600_000, '1 hr'],
    [5_400_000, '1 hr 30 min'],
    [90_000_000, '1 day 1 hr'],
    // An effect may be stamped by a clock that is behind that of its cause.
    [-5, '−5 ms'],
  ] as const)
    assert.equal(en.duration(ms), words)
  assert.equal(ru.duration(1240), '1,2 с')
})

it('no unit is ever full: 59 minutes and 59.9 seconds are an hour', () => {
  assert.equal(en.duration(3_599_900), '1 hr')
  assert.equal(en.duration(86_399_900), '1 day')
})

it('what goes on is told in its largest unit alone', () => {
  assert.deepEqual([en.roughly(400), en.roughly(61_000), en.roughly(7_300_000)], ['0 sec', '1 min', '2 hr'])
})

it('sizes and rates have a fraction where there is little', () => {
  assert.deepEqual(
    [en.bytes(0), en.bytes(999), en.bytes(1500), en.bytes(3_240_000)],
    ['0 byte', '999 byte', '1.5 kB', '3.2 MB'],
  )
  assert.deepEqual([en.rate(0.25), en.rate(9.96), en.rate(212.4)], ['0.3', '10', '212'])
  assert.deepEqual([en.share(0), en.share(0.004), en.share(0.5)], ['0%', '0.4%', '50%'])
})
