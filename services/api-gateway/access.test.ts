import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Access, role as roles } from '@deliveryflow/contracts'
import { bearerToken, mayUse } from './access.ts'

describe('mayUse', () => {
  const expected: Record<Access, string[]> = {
    public: ['customer', 'courier', 'admin'],
    user: ['customer', 'courier', 'admin'],
    courier: ['courier', 'admin'],
    admin: ['admin'],
  }
  for (const [access, allowed] of Object.entries(expected) as [Access, string[]][]) {
    it(`lets ${allowed.join(', ')} use what is for ${access}`, () => {
      assert.deepEqual(
        roles.options.filter((role) => mayUse(access, role)),
        allowed,
      )
    })
  }
})

describe('bearerToken', () => {
  it('takes the token, whatever the case of the scheme', () => {
    assert.equal(bearerToken('Bearer a.b-c_d'), 'a.b-c_d')
    assert.equal(bearerToken('bearer  abc=='), 'abc==')
  })
  for (const wrong of ['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a,b', 'xBearer abc']) {
    it(`takes nothing of "${wrong}"`, () => assert.equal(bearerToken(wrong), undefined))
  }
})
