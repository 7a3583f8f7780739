// Quantities and what pods ask for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addRooms, quantity, requestsOf } from './quantity.ts'

test('quantities of Kubernetes as numbers', () => {
  const expected = {
    '250m': 0.25,
    '2': 2,
    '1.5': 1.5,
    '128Mi': 134_217_728,
    '1Gi': 2 ** 30,
    '2k': 2000,
    '1e3': 1000,
    no: 0,
  }
  for (const [text, number] of Object.entries(expected)) assert.equal(quantity(text), number, text)
  assert.equal(quantity(undefined), 0)
})

test('a pod asks for its containers together, or for its greatest init container', () => {
  const container = (cpu: string, memory: string) => ({ name: 'x', resources: { requests: { cpu, memory } } })
  const containers = [container('100m', '1Gi'), container('200m', '1Gi')]
  const { cpu, memory } = requestsOf({ containers, initContainers: [container('1', '512Mi')] })
  assert.deepEqual([cpu, memory], [1, 2 ** 31])
  assert.deepEqual(addRooms([]), { cpu: 0, memory: 0 })
})
