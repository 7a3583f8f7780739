import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bearerToken } from './admission.ts'

describe('bearerToken', () => {
  it('takes the token, whatever the case of the scheme', () => {
    assert.equal(bearerToken('Bearer a.b-c_d'), 'a.b-c_d')
    assert.equal(bearerToken('bearer  abc=='), 'abc==')
  })
  for (const wrong of ['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a,b', 'xBearer abc']) {
    it(`takes nothing of "${wrong}"`, () => assert.equal(bearerToken(wrong), undefined))
  }
})
