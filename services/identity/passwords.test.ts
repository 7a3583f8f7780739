import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Unavailable } from '@deliveryflow/kit'
import { openPasswords } from './passwords.ts'

describe('passwords', () => {
  it('are hashed with argon2id, the parameters named, and a salt of their own', async () => {
    const passwords = await openPasswords(1)
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')])
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.notEqual(one, two)
    assert.equal(await passwords.verify('correct horse', one), true)
    assert.equal(await passwords.verify('correct horsf', one), false)
  })

  it('take about as long for somebody unknown as for a wrong password', async () => {
    const passwords = await openPasswords(1)
    const known = await passwords.hash('correct horse')
    const quickest = { wrong: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY }
    for (let n = 0; n < 10; n++) {
      for (const [who, hash] of [
        ['wrong', known],
        ['unknown', undefined],
      ] as const) {
        const started = performance.now()
        assert.equal(await passwords.verify('wrong', hash), false)
        quickest[who] = Math.min(quickest[who], performance.now() - started)
      }
    }
    const { wrong, unknown } = quickest
    assert.ok(unknown > wrong / 2 && unknown < wrong * 2, `unknown ${unknown} ms, wrong ${wrong} ms`)
  })

  it('are not hashed without bound: who would wait too long is told so', async () => {
    const passwords = await openPasswords(1)
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('correct horse')))
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    assert.equal(refused.length, 60 - 51)
    assert.ok(refused.every((error) => error instanceof Unavailable))
  })
})
