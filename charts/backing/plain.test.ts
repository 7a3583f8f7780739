// The objects in k8s/ are those that the chart makes, and its script makes the Secrets that the chart makes.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findHelm, render } from '../helm.ts'
import { type PlainFile, plainFiles, repository } from './plain.ts'

const files = await plainFiles().catch((error: Error) => error)
const skip = files instanceof Error ? `needs helm: ${files.message}` : false

suite('k8s', { skip }, () => {
  for (const { path, text } of files instanceof Error ? ([] satisfies PlainFile[]) : files) {
    test(`${path} is up to date`, () => {
      assert.equal(
        readFileSync(join(repository, path), 'utf8'),
        text,
        `${path} is stale: run node charts/backing/plain.ts`,
      )
    })
  }

  test('credentials.sh names every Secret of the profile operators', async () => {
    const chart = fileURLToPath(new URL('.', import.meta.url))
    const set = ['smtp.uri=smtp://mail.example:25']
    const objects = await render(await findHelm(), chart, { values: ['values-operators.yaml'], set })
    const script = readFileSync(join(repository, 'k8s/credentials.sh'), 'utf8')
    const databases = /^for database in (.*); do$/m.exec(script)?.[1]?.split(' ') ?? []
    const made = [...script.matchAll(/\bmake ([a-z-]+) /g)].map(([, name]) => name)
    assert.deepEqual(
      [...made, ...databases.map((database) => `postgres-${database}`)].sort(),
      objects.flatMap(({ kind, metadata }) => (kind === 'Secret' ? [metadata.name] : [])).sort(),
    )
  })
})
