// The passwords of the local backends: made once, kept in a file that only its owner can read.
import { randomBytes, randomInt } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export type Secrets = (name: string) => string

/** Opens the file of secrets; the function it returns makes a secret the first time its name is asked for. */
export function openSecrets(path: string): Secrets {
  const known = read(path)
  return (name) => {
    const existing = known.get(name)
    if (existing !== undefined) return existing
    const made = password()
    known.set(name, made)
    const draft = `${path}.new`
    writeFileSync(draft, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`, { mode: 0o600 })
    chmodSync(draft, 0o600)
    renameSync(draft, path)
    return made
  }
}

/** 32 characters that need no escape in a URL, a configuration file or SQL; a letter first, as some parsers want. */
export function password(): string {
  return `${letters[randomInt(letters.length)]}${randomBytes(24).toString('base64url').slice(0, 31)}`
}

function read(path: string): Map<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return new Map()
  }
  try {
    return new Map(Object.entries(JSON.parse(text)).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    throw new BackendError(
      `Cannot read ${path}`,
      reasonOf(error),
      'Restore it, or remove the folder it is in to begin anew.',
    )
  }
}
