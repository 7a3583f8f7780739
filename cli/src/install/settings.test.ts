// Settings from options and files, and which of them win.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Failure } from '../failure.ts'
import { findCharts } from './charts.ts'
import { readValues, settingFor, valueArguments } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'dfctl-test-'))
after(() => rmSync(folder, { recursive: true }))
const fileOf = (text: string) => {
  const path = join(folder, 'values.yaml')
  writeFileSync(path, text)
  return path
}
const usage = (error: unknown) => error instanceof Failure && error.kind === 'usage'

test('a setting belongs to the services, or with backing. before it to the backing', () => {
  assert.deepEqual(settingFor('services.order.replicas=3'), {
    release: 'deliveryflow',
    setting: 'services.order.replicas=3',
  })
  assert.deepEqual(settingFor('backing.nats.storage=1Gi'), { release: 'backing', setting: 'nats.storage=1Gi' })
  assert.throws(() => settingFor('services.order.replicas'), usage)
})

test('a file of settings is parted the same way; one that holds none is refused', () => {
  const values = readValues(fileOf('image: { tag: 1.2.0 }\nbacking: { storageClass: fast }\n'))
  assert.deepEqual(values, { backing: { storageClass: 'fast' }, deliveryflow: { image: { tag: '1.2.0' } } })
  assert.deepEqual(readValues(fileOf('# nothing yet\n')), { backing: {}, deliveryflow: {} })
  for (const text of ['- a', 'text', 'backing: 3', 'a: [']) assert.throws(() => readValues(fileOf(text)), usage, text)
  assert.throws(() => readValues(join(folder, 'missing.yaml')), usage)
})

test('later settings win: profile, kept, files, options, single ones', () => {
  const settings = {
    values: [fileOf('image: { tag: of-file }\n')],
    set: ['image.tag=of-set', 'backing.storageClass=fast'],
    imageTag: 'of-option',
  }
  const { deliveryflow, backing } = findCharts()
  const values = valueArguments(settings, 'light')
  try {
    const words = values.of(deliveryflow, { image: { tag: 'kept' } }, [{ image: { tag: 'scaled' } }])
    const files = words.flatMap((word, at) => (words[at - 1] === '--values' ? [word] : []))
    assert.match(files[0] ?? '', /values-light\.yaml$/)
    const tags = files.slice(1).map((file) => JSON.parse(readFileSync(file, 'utf8')).image.tag)
    assert.deepEqual(tags, ['kept', 'scaled', 'of-file', 'of-option'])
    assert.deepEqual(words.slice(-2), ['--set', 'image.tag=of-set'])
    assert.equal(statSync(files[1] ?? '').mode & 0o077, 0, 'others can read the settings')
    assert.deepEqual(values.of(backing, {}).slice(-2), ['--set', 'storageClass=fast'])
    const fresh = valueArguments({ ...settings, resetValues: true }, 'light')
    assert.equal(fresh.of(deliveryflow, { image: { tag: 'kept' } }).filter((word) => word === '--values').length, 3)
    fresh.remove()
  } finally {
    values.remove()
  }
})
