// For tests: dfctl as somebody at a shell runs it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The file that is run. */
export const main: string = fileURLToPath(new URL('./main.ts', import.meta.url))

/** The environment in which `--edit` opens an editor that merges these fields into the JSON document it is given. `folder`: where it may lie. */
export const editing = (folder: string, fields: Record<string, unknown>): NodeJS.ProcessEnv => {
  const editor = join(folder, 'editor.mjs')
  writeFileSync(
    editor,
    `import { readFileSync, writeFileSync } from 'node:fs'
const file = process.argv[2]
writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...${JSON.stringify(fields)} }))`,
  )
  return { EDITOR: `${process.execPath} ${editor}`, VISUAL: '' }
}

export type Ended = { code: number | null; stdout: string; stderr: string }

/** Runs dfctl with these words, without colours and at no terminal, and resolves to how it ended. */
export const dfctl = async (words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> => {
  const env = { ...process.env, FORCE_COLOR: '0', NODE_NO_WARNINGS: '1', ...environment }
  const child = spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}
