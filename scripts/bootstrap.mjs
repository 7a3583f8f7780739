// Installs the dependencies when they are missing or older than the lockfile, so that `npm start` and `npm test` work on
// a fresh clone. Runs on whichever Node called npm (20 or newer); all else runs on the Node that this installs.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'

const marker = 'node_modules/.package-lock.json'
const fresh = existsSync(marker) && statSync(marker).mtimeMs >= statSync('package-lock.json').mtimeMs

if (!fresh) {
  console.error('Installing dependencies (npm ci) …')
  const install = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (install.status !== 0) {
    console.error('npm ci failed. Check the network and the registry settings, then run the same command again.')
    process.exit(1)
  }
}
