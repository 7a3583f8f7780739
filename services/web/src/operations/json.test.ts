import assert from 'node:assert/strict'
import { it } from 'node:test'
import { prettyJson } from './json.ts'

it('lays JSON out', () => {
  assert.equal(prettyJson('{"a":[1,{"b":null}]}'), '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ]\n}')
})

it('leaves what is no JSON as it is', () => {
  for (const text of ['{"order_id": "0199', '', '<b>bold</b>']) assert.equal(prettyJson(text), text)
})

it('rounds no number: a message must be seen as it was sent', () => {
  assert.equal(prettyJson('[12345678901234567890,1.10]'), '[\n  12345678901234567890,\n  1.10\n]')
})
