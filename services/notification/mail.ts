// Sends letters over pooled SMTP connections, and says of each whether the server took it, did not, or may have.
import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { Terminal, Unavailable } from '@deliveryflow/kit'
import { createTransport, type NodemailerError } from 'nodemailer'

/** A letter ready to go. `message_id` with its angle brackets. */
export type Mail = {
  message_id: string
  to: { name: string; address: string }
  subject: string
  text: string
  html: string
}

/**
 * What became of a letter. `refused`: the server did not take it, and `error` says whether another attempt may help
 * (Unavailable) or not (Terminal). `unknown`: the connection was lost when the server may have taken it already.
 */
export type Outcome = { outcome: 'accepted' } | { outcome: 'refused' | 'unknown'; error: Error }

export type Mailer = { send(mail: Mail): Promise<Outcome>; close(): Promise<void> }

/** The Message-ID of a letter: the same for every attempt, so that mailboxes too can tell a repetition. */
export const messageIdOf = (letter_key: string): string =>
  `<${createHash('sha256').update(letter_key).digest('hex').slice(0, 32)}@deliveryflow>`

/** Longer than the server may think about a letter, shorter than the time in which a message must be heard of again. */
const sendTimeout = 25_000

/** Opens the mailer; connections are made when first needed, at most `connections`, so that no claimed letter queues. */
export const openMailer = (url: string, from: string, connections: number): Mailer => {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: connections,
      // The pool would send again by itself after a lost connection; only the log of letters may decide that.
      maxRequeues: 0,
      connectionTimeout: 5000,
      greetingTimeout: 5000,
      dnsTimeout: 5000,
      socketTimeout: 15_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    // RFC 3834: no out-of-office answers to a program.
    { from, headers: { 'Auto-Submitted': 'auto-generated' } },
  )
  const bodies = new Map<string, Readable>()
  transport.use('stream', (mail, done) => {
    mail.message.transform(whole)
    mail.message.processFunc((body) => {
      bodies.set(mail.message.messageId(), body)
      return body
    })
    done()
  })
  return {
    send: async ({ message_id, ...mail }) => {
      try {
        await transport.sendMail({ ...mail, messageId: message_id, signal: AbortSignal.timeout(sendTimeout) })
        return { outcome: 'accepted' }
      } catch (error) {
        return outcomeOf(error, bodies.get(message_id)?.readableDidRead ?? false)
      } finally {
        bodies.delete(message_id)
      }
    },
    close: async () => transport.close(),
  }
}

/** The body in one piece: nodemailer makes it in a dozen small ones, and each would be a packet of its own. */
const whole = (): Transform => {
  const pieces: Buffer[] = []
  return new Transform({
    transform: (piece, _encoding, done) => {
      pieces.push(piece)
      done()
    },
    flush: (done) => done(null, Buffer.concat(pieces)),
  })
}

/**
 * `begun`: the body, which the server lets us send only after it took the addresses, was begun to be read. Until then, and
 * whenever the server answered with a refusal, nothing was delivered (RFC 5321, 4.2.5 and 6.1).
 */
const outcomeOf = (cause: unknown, begun: boolean): Outcome => {
  const { code, responseCode, command, message } = cause as NodemailerError
  const refusal = responseCode !== undefined && responseCode >= 400 ? responseCode : undefined
  if (begun && refusal === undefined) {
    return { outcome: 'unknown', error: new Error(`The mail server fell silent: ${message}`, { cause }) }
  }
  // Only these are about this letter; a server that refuses the sign-in or the sender refuses every letter until it is mended.
  const permanent =
    refusal === undefined
      ? code === 'EENVELOPE' || code === 'EMESSAGE'
      : refusal >= 500 && (command === 'RCPT TO' || command === 'DATA')
  const error = permanent
    ? new Terminal(`The mail server refuses this letter: ${message}`, { cause })
    : new Unavailable(`The mail server takes no letter now: ${message}`, { cause })
  return { outcome: 'refused', error }
}
