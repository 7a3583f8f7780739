import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { Terminal, Unavailable } from '@deliveryflow/kit'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type Mail, type Mailer, messageIdOf, openMailer } from './mail.ts'

/** What the mail server does in place of taking a letter. */
type Fault = { refuse_recipient?: number; refuse_data?: number; hang_up?: 'at recipient' | 'after data' }

const refusal = (responseCode: number) => Object.assign(new Error('refused by the test'), { responseCode })

describe('the mailer', () => {
  const received: string[] = []
  const sockets = new Set<Socket>()
  let fault: Fault = {}
  let server: SMTPServer
  let mailer: Mailer
  let url: string

  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  const options: SMTPServerOptions = {
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo: (_address, _session, done) => {
      if (fault.hang_up === 'at recipient') hangUp()
      else done(fault.refuse_recipient ? refusal(fault.refuse_recipient) : null)
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (fault.refuse_data) return done(refusal(fault.refuse_data))
        received.push(Buffer.concat(chunks).toString())
        if (fault.hang_up === 'after data') hangUp()
        else done()
      })
    },
  }
  before(async () => {
    server = new SMTPServer(options)
    server.on('error', () => undefined)
    server.server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.server.address()
    assert.ok(address !== null && typeof address === 'object')
    url = `smtp://127.0.0.1:${address.port}`
    mailer = openMailer(url, 'Shop <shop@example.com>', 2)
  })
  afterEach(() => {
    fault = {}
    received.length = 0
  })
  after(async () => {
    await mailer.close()
    hangUp()
    await new Promise<void>((resolve) => server.close(resolve))
  })

  const mail = (address = 'ann@example.com'): Mail => ({
    message_id: messageIdOf('welcome:ann'),
    to: { name: 'Аня "Ann"', address },
    subject: 'Привет',
    text: 'Hello.',
    html: '<p>Hello.</p>',
  })
  const outcomeWith = async (wrong: Fault) => {
    fault = wrong
    const result = await mailer.send(mail())
    fault = {}
    return result
  }

  it('hands a letter over with its own Message-ID, the same for every attempt', async () => {
    assert.deepEqual(await mailer.send(mail()), { outcome: 'accepted' })
    const [letter = ''] = received
    assert.match(messageIdOf('welcome:ann'), /^<[0-9a-f]{32}@deliveryflow>$/)
    assert.ok(letter.includes(`Message-ID: ${messageIdOf('welcome:ann')}`))
    assert.notEqual(messageIdOf('welcome:ann'), messageIdOf('welcome:bob'))
    assert.match(letter, /^From: Shop <shop@example\.com>\r$/m)
    assert.match(letter, /^Auto-Submitted: auto-generated\r$/m)
    assert.match(letter, /\r\nHello\.\r\n.+\r\n<p>Hello\.<\/p>\r\n/s)
  })

  it('says that a letter was refused for now, or for good, and by whom', async () => {
    for (const [wrong, kind] of [
      [{ refuse_recipient: 450 }, Unavailable],
      [{ refuse_recipient: 550 }, Terminal],
      [{ refuse_data: 451 }, Unavailable],
      [{ refuse_data: 554 }, Terminal],
      [{ hang_up: 'at recipient' }, Unavailable],
    ] as const) {
      const result = await outcomeWith(wrong)
      assert.equal(result.outcome, 'refused', JSON.stringify(wrong))
      assert.ok('error' in result && result.error instanceof kind, JSON.stringify(wrong))
    }
    assert.deepEqual(await mailer.send(mail()), { outcome: 'accepted' })
    assert.equal(received.length, 1)
  })

  it('does not know what became of a letter when the connection is lost after its end, and does not send it again', async () => {
    const result = await outcomeWith({ hang_up: 'after data' })
    assert.equal(result.outcome, 'unknown')
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.equal(received.length, 1)
  })

  it('waits for a server that is away, and gives up on an address that is none', async () => {
    const nowhere = openMailer('smtp://127.0.0.1:1', 'shop@example.com', 1)
    const away = await nowhere.send(mail())
    assert.ok(away.outcome === 'refused' && away.error instanceof Unavailable)
    await nowhere.close()
    const none = await mailer.send(mail('@'))
    assert.ok(none.outcome === 'refused' && none.error instanceof Terminal)
  })

  it('sends many letters at once over few connections', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => mailer.send(mail())))
    assert.ok(results.every(({ outcome }) => outcome === 'accepted'))
    assert.equal(received.length, 20)
    assert.ok(sockets.size <= 2)
  })
})
