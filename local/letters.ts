// The letters the catcher has received: raw files in a folder, parsed only when somebody looks at them.
import { mkdirSync, readdirSync } from 'node:fs'
import { open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'

/** A received letter. `to` holds who it was delivered to, whatever its own header says. */
export type Letter = {
  id: string
  /** ISO 8601, UTC. */
  received_at: string
  to: string[]
  from: string
  subject: string
  message_id: string
  text: string
  html: string
}

type Wanted = { to?: string | undefined; limit?: number | undefined }

export type Letters = ReturnType<typeof openLetters>

/** Opens the folder of letters; those of earlier runs are there too. */
export function openLetters(folder: string) {
  mkdirSync(folder, { recursive: true })
  // An id starts with the time of receipt in milliseconds, so that the order of names is that of receipt.
  const stored = readdirSync(folder).filter((name) => name.endsWith('.eml'))
  const ids = new Set(stored.map((name) => name.slice(0, -'.eml'.length)).sort())
  const recipients = new Map<string, string[]>()
  let count = 0

  const fileOf = (id: string) => join(folder, `${id}.eml`)

  /** Resolves once the letter is in its file. The recipients go before it as Delivered-To, as a mail server does. */
  async function save(raw: Buffer, to: string[]): Promise<void> {
    const id = `${Date.now()}-${String(count++ % 1_000_000).padStart(6, '0')}`
    const head = Buffer.from(to.map((address) => `Delivered-To: ${address}\r\n`).join(''))
    const draft = join(folder, `${id}.part`)
    await writeFile(draft, Buffer.concat([head, raw]))
    await rename(draft, fileOf(id))
    recipients.set(id, to)
    ids.add(id)
  }

  async function recipientsOf(id: string): Promise<string[]> {
    const known = recipients.get(id)
    if (known !== undefined) return known
    const file = await open(fileOf(id))
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096))
      const lines = buffer.toString('utf8', 0, bytesRead).split('\r\n')
      const end = lines.findIndex((line) => !line.startsWith('Delivered-To: '))
      const found = lines.slice(0, end).map((line) => line.slice('Delivered-To: '.length))
      recipients.set(id, found)
      return found
    } finally {
      await file.close()
    }
  }

  /** One letter; undefined when there is none of that id. */
  async function get(id: string): Promise<Letter | undefined> {
    const raw = await source(id)
    if (raw === undefined) return undefined
    const mail = await PostalMime.parse(raw)
    return {
      id,
      received_at: new Date(Number(id.split('-')[0])).toISOString(),
      to: await recipientsOf(id),
      from: mail.from?.address ?? '',
      subject: mail.subject ?? '',
      message_id: mail.messageId ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
    }
  }

  /** A letter as it came in, after its Delivered-To lines; undefined when there is none of that id. */
  async function source(id: string): Promise<Buffer | undefined> {
    // Only a known id becomes a path: it may come from an address that somebody typed.
    return ids.has(id) ? await readFile(fileOf(id)) : undefined
  }

  /** Letters newest first, to one address (in any case) or to all, at most `limit`. One at a time is in memory, however many there are. */
  async function* each({ to, limit = Number.POSITIVE_INFINITY }: Wanted = {}): AsyncGenerator<Letter> {
    const wanted = to?.toLowerCase()
    let found = 0
    for (const id of [...ids].reverse()) {
      if (found >= limit) return
      if (wanted !== undefined && !(await recipientsOf(id)).some((address) => address.toLowerCase() === wanted))
        continue
      const letter = await get(id)
      if (letter === undefined) continue
      found++
      yield letter
    }
  }

  async function list(wanted?: Wanted): Promise<Letter[]> {
    const found: Letter[] = []
    for await (const letter of each(wanted)) found.push(letter)
    return found
  }

  return { save, get, source, each, list, count: () => ids.size }
}
