// How a secret is kept where it must be found again but not read.
import { createHash } from 'node:crypto'

/** The SHA-256 of a text, in base64url. Enough for random secrets; passwords take argon2id. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')
