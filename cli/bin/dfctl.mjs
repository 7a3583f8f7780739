#!/usr/bin/env node
// Starts dfctl on the Node that this project brings, whichever Node started this file.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.env.NODE_NO_WARNINGS = '1'
  await import(main)
} else {
  const node = nodeOfProject()
  if (node === undefined) {
    process.stderr.write(
      `error: dfctl needs Node 24 or newer; this is ${process.version}, and the project's own is not installed\n` +
        `  do:  run npm ci in the checkout, or call dfctl with a newer Node\n`,
    )
    process.exit(1)
  }
  const { status } = spawnSync(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  process.exit(status ?? 1)
}

function nodeOfProject() {
  try {
    const found = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
    return existsSync(found) ? found : undefined
  } catch {
    return undefined
  }
}
