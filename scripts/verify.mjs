// `npm run verify`: everything that must hold before a change lands, in the order in which it fails fastest.
import { spawnSync } from 'node:child_process'

const steps = [
  ['format and lint', 'biome', ['check', '.']],
  ['types', 'npm', ['run', '--silent', 'types']],
  ['generated files', 'node', ['packages/contracts/generate/main.ts', '--check']],
  ['tests', 'npm', ['test']],
]

for (const [name, command, args] of steps) {
  const started = performance.now()
  console.error(`\n${name}: ${[command, ...args].join(' ')}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) {
    console.error(`${name} failed.`)
    process.exit(status ?? 1)
  }
  console.error(`${name} passed in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}
