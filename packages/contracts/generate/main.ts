// `npm run generate`: writes what is derived from the contracts. With --check it writes nothing and fails when a file is stale.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isStale, outputs, repository } from './outputs.ts'

const readOptions = () => {
  try {
    return parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: npm run generate [-- --check]`)
    process.exit(2)
  }
}

const { check } = readOptions()
const { files, skipped } = await outputs(repository)
const stale = files.filter((file) => isStale(repository, file))

for (const file of files) {
  const { path, text } = file
  if (!stale.includes(file)) {
    console.log(`${path}: unchanged`)
  } else if (check) {
    console.error(`${path}: stale`)
  } else {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
    console.log(`${path}: written`)
  }
}
for (const line of skipped) console.log(line)

if (check && stale.length > 0) {
  console.error('These files do not say what the contracts say: run npm run generate.')
  process.exitCode = 1
}
