import assert from 'node:assert/strict'
import { it } from 'node:test'
import { en } from '../text/en.ts'
import { stepsOf, waitedFor } from './standing.ts'

it('an order waits for a step, or for it to be undone, and for nothing at its end', () => {
  const words = (status: 'RUNNING' | 'COMPENSATING' | 'COMPLETED', step: string | null) =>
    waitedFor({ status, step }, en.orders)
  assert.equal(words('RUNNING', 'pay'), 'the payment')
  assert.equal(words('COMPENSATING', 'pay'), 'the money to be given back')
  assert.equal(words('RUNNING', 'of a later version'), 'of a later version')
  assert.equal(words('COMPLETED', 'pay'), null)
  assert.equal(words('RUNNING', null), null)
})

it('facts stand in the order of time, with what each took', () => {
  const fact = (name: string, ms: number) => ({ fact: name, at: new Date(ms).toISOString(), event_id: name })
  assert.deepEqual(
    stepsOf({ facts: [fact('b', 1500), fact('a', 1000)] }).map(({ fact, took_ms }) => [fact, took_ms]),
    [
      ['a', null],
      ['b', 500],
    ],
  )
})
