import assert from 'node:assert/strict'
import { it } from 'node:test'
import { filterOf } from './filter.ts'

const filter = (search: string) => filterOf(new URLSearchParams(search))

it('takes from an address what it names, and leaves out what says nothing', () => {
  assert.deepEqual(filter(''), {})
  assert.deepEqual(filter('order_id=&from=yesterday&page=2&type=%20'), {})
  assert.deepEqual(filter('order_id=%2001A2010D-4C6F-7275-A39E-46E3C205E586%20&type=order_paid&correlation_id=x'), {
    ...{ order_id: '01a2010d-4c6f-7275-a39e-46e3c205e586', type: 'order_paid', correlation_id: 'x' },
  })
})

it("a time is one of the reader's clock", () => {
  assert.deepEqual(filter('from=2026-11-22T10:00&to=2026-11-22T10:00:05'), {
    from: new Date(2026, 10, 22, 10, 0, 0).toISOString(),
    to: new Date(2026, 10, 22, 10, 0, 5).toISOString(),
  })
})
