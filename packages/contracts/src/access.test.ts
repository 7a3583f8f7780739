import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Access, mayUse } from './access.ts'
import { role as roles } from './values.ts'

describe('mayUse', () => {
  const expected: Record<Access, string[]> = {
    public: ['customer', 'courier', 'admin'],
    user: ['customer', 'courier', 'admin'],
    courier: ['courier', 'admin'],
    admin: ['admin'],
  }
  for (const [access, allowed] of Object.entries(expected) as [Access, string[]][]) {
    it(`lets ${allowed.join(', ')} ask what is for ${access}`, () => {
      assert.deepEqual(
        roles.options.filter((role) => mayUse(access, role)),
        allowed,
      )
    })
  }
})
