import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Changes, edited, type Profile } from './domain.ts'

const ann: Profile = {
  user_id: '1',
  email: 'ann@example.org',
  name: 'Ann',
  phone: '+7 900 000',
  address: 'Tverskaya 1',
  locale: 'ru',
}

describe('edited', () => {
  it('changes what is given and empties what is null', () => {
    const after = edited(ann, { name: 'Anna', phone: null })
    assert.deepEqual(after, { ...ann, name: 'Anna', phone: null })
  })

  it('leaves every field that is not given, and takes every one that is', () => {
    const changes = fc.record(
      {
        name: fc.constantFrom('Bob', 'Eve'),
        phone: fc.constantFrom('12345', null),
        address: fc.constantFrom('Arbat 2', null),
        locale: fc.constantFrom<Profile['locale']>('en', 'ru'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(changes, (given) => {
        assert.deepEqual(edited(ann, given satisfies Changes), { ...ann, ...given })
      }),
    )
  })
})
