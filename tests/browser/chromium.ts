// Finds a Chromium for the browser tests, or installs one: Playwright's own where its download is reachable, else the system's package.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const isRoot = process.getuid?.() === 0
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const playwright = fileURLToPath(new URL('cli.js', import.meta.resolve('playwright-core/package.json')))

const onPath = (): string | undefined => {
  for (const name of names) {
    const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  return undefined
}

const installed = (): string | undefined => {
  const path = chromium.executablePath()
  return path !== '' && existsSync(path) ? path : onPath()
}

/** Each in its turn, until one has brought a Chromium; the words say what was tried. */
const ways: readonly (readonly [what: string, command: string, args: readonly string[]])[] = [
  [
    "Playwright's own (playwright-core install)",
    process.execPath,
    [playwright, 'install', ...(isRoot ? ['--with-deps'] : []), 'chromium'],
  ],
  [
    'apt-get install chromium (root)',
    'sh',
    ['-c', 'apt-get update && apt-get install -y --no-install-recommends chromium fonts-liberation'],
  ],
]

/**
 * The path of a Chromium: `CHROMIUM_PATH`, Playwright's own, one on PATH, or one that is installed now. Throws with what was tried when
 * there is none to be had.
 */
export const findChromium = (): string => {
  const given = process.env.CHROMIUM_PATH
  if (given !== undefined) {
    if (existsSync(given)) return given
    throw new Error(`CHROMIUM_PATH is "${given}", and there is no such file.`)
  }
  const present = installed()
  if (present) return present
  const tried: string[] = []
  for (const [what, command, args] of ways) {
    process.stderr.write(`Installing a Chromium: ${what} …\n`)
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 300_000 })
    const found = status === 0 ? installed() : undefined
    if (found) return found
    tried.push(`${what}: ${`${stdout}${stderr}`.trim().split('\n').at(-1)}`)
  }
  throw new Error(
    [
      `There is no Chromium (looked for ${names.join(', ')} on PATH).`,
      ...tried,
      'Install one, or set CHROMIUM_PATH.',
    ].join('\n'),
  )
}
