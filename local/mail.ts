// A mail server that keeps every letter instead of sending it on, with a page to read them; or the one of SMTP_URL.
import { once } from 'node:events'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { BackendError } from './backend-error.ts'
import type { BackendContext } from './context.ts'
import { type Letter, openLetters } from './letters.ts'
import { serveMailPage } from './mail-page.ts'

export type MailBackend = {
  smtp_url: string
  /** Undefined when SMTP_URL names an external server. */
  page_url: string | undefined
  /** Received letters, newest first. */
  letters(filter?: { to?: string; limit?: number }): Promise<Letter[]>
  /** Stops taking letters, as a mail server that is down; those received and the page stay. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Ends the page too. */
  close(): Promise<void>
}

/** Of a context only what it uses. `host` is the address to listen on, by default one that only this machine reaches. */
type MailContext = Pick<BackendContext, 'dir' | 'environment' | 'report'> & {
  ports: Pick<BackendContext['ports'], 'smtp' | 'mail_page'>
  host?: string
}

const sizeLimit = 10 * 1024 * 1024

/** Starts the catcher and its page. */
export async function startMail(context: MailContext): Promise<MailBackend> {
  const external = context.environment.SMTP_URL
  if (external !== undefined) return externalMail(context, external)
  const { smtp, mail_page: page } = context.ports
  const { host = '127.0.0.1' } = context
  const letters = openLetters(join(context.dir, 'mail'))
  let server: SMTPServer | undefined
  async function start() {
    if (server !== undefined) return
    server = catcher(async (raw, to) => await letters.save(raw, to))
    await once(server.listen(smtp, host), 'listening')
  }
  async function stop() {
    const running = server
    server = undefined
    if (running !== undefined) await new Promise<void>((resolve) => running.close(resolve))
  }
  await start()
  const http = await serveMailPage(letters, page, host)
  const pageUrl = `http://localhost:${page}`
  context.report(`Mail: caught on port ${smtp}, to be read at ${pageUrl} (${letters.count()} letters so far)`)
  return {
    smtp_url: `smtp://127.0.0.1:${smtp}`,
    page_url: pageUrl,
    letters: letters.list,
    start,
    stop,
    async close() {
      await Promise.all([stop(), http.close()])
    },
  }
}

function catcher(save: (raw: Buffer, to: string[]) => Promise<void>): SMTPServer {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: sizeLimit,
    closeTimeout: 100, // a server that goes down does not wait for the connections that clients keep open
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', done)
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(Object.assign(new Error('the letter is too large'), { responseCode: 552 }))
        const to = session.envelope.rcptTo.map((recipient) => recipient.address)
        save(Buffer.concat(chunks), to).then(() => done(), done)
      })
    },
  })
  server.on('error', () => {}) // a client that broke off: its letter was not acknowledged, so it comes again
  return server
}

function externalMail(context: MailContext, url: string): MailBackend {
  context.report('Mail: the external server, from SMTP_URL')
  const refuse = (what: string) => async () => {
    throw new BackendError(
      `Cannot ${what}`,
      'the mail server is external, from SMTP_URL',
      'Unset SMTP_URL to run one here.',
    )
  }
  return {
    smtp_url: url,
    page_url: undefined,
    letters: refuse('read the letters'),
    start: async () => {},
    stop: refuse('stop the mail server'),
    close: async () => {},
  }
}
