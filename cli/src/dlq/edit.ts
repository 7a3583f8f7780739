// Lets somebody change the body of a message in their editor.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, reasonOf } from '../failure.ts'

/**
 * Opens the text in $VISUAL or $EDITOR (vi where neither is set) and returns what it was changed to; JSON is shown with line breaks and
 * given back without. Throws `usage` when there is no editor, when it fails, or when nothing was changed.
 */
export const edited = (text: string): string => {
  const editor = process.env.VISUAL || process.env.EDITOR || 'vi'
  const folder = mkdtempSync(join(tmpdir(), 'dfctl-edit-'))
  const file = join(folder, 'body.json')
  try {
    const before = shown(text)
    writeFileSync(file, before)
    const { status, error } = spawnSync('sh', ['-c', `${editor} "$0"`, file], { stdio: 'inherit' })
    if (error || status !== 0)
      throw new Failure('usage', `The editor ${editor} failed`, {
        ...(error && { why: error.message }),
        next: 'Set EDITOR to one that this terminal can run. Nothing was changed.',
      })
    const after = readFileSync(file, 'utf8')
    if (after === before)
      throw new Failure('usage', 'Nothing was changed in the editor', {
        next: 'Without --edit it is retried as it is.',
      })
    return compact(after)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const shown = (text: string) => {
  try {
    return `${JSON.stringify(JSON.parse(text), null, 2)}\n`
  } catch {
    return text
  }
}

const compact = (text: string) => {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch (error) {
    throw new Failure('usage', 'What was edited is no JSON', {
      why: reasonOf(error),
      next: 'Nothing was changed; run it again.',
    })
  }
}
