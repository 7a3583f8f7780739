import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HttpOperation, httpOperations } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import { type Input, inputCheck } from './input.ts'

const operation = (id: string): HttpOperation => {
  const found = httpOperations.find((each) => each.id === id)
  assert.ok(found)
  return found
}
const nothing: Input = { params: {}, query: {}, headers: {}, body: undefined }
const errorsOf = (answer: Input | Rejection) => {
  assert.ok(answer instanceof Rejection)
  assert.equal(answer.code, 'invalid_request')
  return answer.extra.errors as { path: string; message: string }[]
}
const product_id = '0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e01'

describe('inputCheck', () => {
  it('gives parts as their schemas yield them, and leaves out those that have none', () => {
    const checked = inputCheck(operation('listProducts'))({ ...nothing, query: { limit: '5' }, body: { ignored: 1 } })
    assert.deepEqual(checked, { params: undefined, query: { limit: 5 }, headers: undefined, body: undefined })
  })

  it('names every field that does not fit, of all parts at once', () => {
    const errors = errorsOf(
      inputCheck(operation('createOrder'))({
        ...nothing,
        headers: { prefer: 'wait=0', 'x-other': 'is nobody’s business' },
        body: { delivery_address: 'x', items: [{ product_id, quantity: 0 }], total: 1 },
      }),
    )
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['delivery_address', 'items.0.quantity', 'prefer', 'total'])
    assert.ok(errors.every(({ message }) => message.length > 0))
  })

  it('names each unknown field by its own path', () => {
    const item = { product_id, quantity: 1, colour: 'red', size: 'L' }
    const body = { delivery_address: 'Tverskaya 1', items: [item] }
    assert.deepEqual(
      errorsOf(inputCheck(operation('createOrder'))({ ...nothing, body })).map(({ path }) => path),
      ['items.0.colour', 'items.0.size'],
    )
  })

  it('refuses a parameter that is given twice, and a body that is no object', () => {
    const twice = inputCheck(operation('listProducts'))({ ...nothing, query: { q: ['a', 'b'] } })
    assert.deepEqual(
      errorsOf(twice).map(({ path }) => path),
      ['q'],
    )
    assert.equal(errorsOf(inputCheck(operation('login'))({ ...nothing, body: [] })).length, 1)
  })

  it('says at most fifty errors of a body that is wrong a thousand times', () => {
    const body = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1]))
    assert.equal(errorsOf(inputCheck(operation('login'))({ ...nothing, body })).length, 50)
  })
})
