// The checked-in files are what the contracts say, and the README keeps its own words around the picture.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStale, outputs, repository, withFlow } from './outputs.ts'

for (const file of (await outputs(repository)).files) {
  test(`${file.path} is up to date`, () => {
    assert.ok(!isStale(repository, file), `${file.path} is stale: run npm run generate`)
  })

  test(`${file.path} says that it is generated`, () => {
    const lines = file.text.split('\n')
    const place = file.path === 'README.md' ? lines.indexOf('<!-- generated: flow -->') + 1 : lines[0] === '{' ? 1 : 0
    assert.match(lines[place] ?? '', /Generated from packages\/contracts\/src by `npm run generate`/)
  })
}

test('a file that is missing or differs is stale', () => {
  assert.ok(isStale(repository, { path: 'docs/no-such-page.md', text: '' }))
  assert.ok(isStale(repository, { path: 'package.json', text: 'something else' }))
})

test('the flow replaces what stood between the markers and nothing else', () => {
  const page = 'before\n<!-- generated: flow -->\nold\n<!-- /generated: flow -->\nafter\n'
  const once = withFlow(page) ?? ''
  assert.ok(once.startsWith('before\n<!-- generated: flow -->\n'))
  assert.ok(once.endsWith('\n<!-- /generated: flow -->\nafter\n'))
  assert.match(once, /```mermaid\nflowchart LR\n/)
  assert.doesNotMatch(once, /old/)
  assert.equal(withFlow(once), once)
})

test('a page without both markers is left alone', () => {
  assert.equal(withFlow(undefined), undefined)
  assert.equal(withFlow('no markers'), undefined)
  assert.equal(withFlow('<!-- /generated: flow --> <!-- generated: flow -->'), undefined)
})
