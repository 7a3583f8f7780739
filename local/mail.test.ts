// The catcher under many letters, and its page: what is shown, as what, and to whom.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createTransport } from 'nodemailer'
import { type MailBackend, startMail } from './mail.ts'
import { freePorts, type Ports } from './ports.ts'

let dir: string
let ports: Ports
let mail: MailBackend

/** Only what the mail catcher uses of a context; the rest belongs to backends that are processes. */
const start = async (environment: NodeJS.ProcessEnv = {}) => await startMail({ dir, ports, environment, report() {} })

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mail-'))
  ports = await freePorts()
  mail = await start()
})
after(async () => {
  await mail.close()
  rmSync(dir, { recursive: true })
})

async function send(...letters: { to: string; subject: string; text?: string; html?: string }[]): Promise<void> {
  const transport = createTransport({ url: mail.smtp_url, pool: true, maxConnections: 4 })
  try {
    await Promise.all(letters.map((letter) => transport.sendMail({ from: 'Shop <shop@example.test>', ...letter })))
  } finally {
    transport.close()
  }
}

const page = (path: string) => fetch(`http://127.0.0.1:${ports.mail_page}${path}`)

describe('the mail catcher', () => {
  it('takes 500 letters, and finds one among them', async () => {
    await send(
      ...Array.from({ length: 500 }, (_, i) => ({
        to: `user${i}@example.test`,
        subject: `Letter ${i}`,
        text: 'x'.repeat(3000),
      })),
    )
    const [letter] = await mail.letters({ to: 'user123@example.test' })
    assert.equal(letter?.subject, 'Letter 123')
    assert.equal((await mail.letters()).length, 500)
  })

  it('has them after a restart', async () => {
    await mail.close()
    mail = await start()
    const letters = await mail.letters({ to: 'user7@example.test' })
    assert.deepEqual(
      letters.map(({ subject, from, to }) => ({ subject, from, to })),
      [{ subject: 'Letter 7', from: 'shop@example.test', to: ['user7@example.test'] }],
    )
  })

  it('refuses a letter of more than 10 MiB', async () => {
    await assert.rejects(send({ to: 'big@example.test', subject: 'big', text: 'x\n'.repeat(6_000_000) }), /55\d|size/i)
    assert.equal((await mail.letters({ to: 'big@example.test' })).length, 0)
  })

  it('answers for an external server only what it can', async () => {
    const external = await start({ SMTP_URL: 'smtp://mail.example.test' })
    assert.equal(external.smtp_url, 'smtp://mail.example.test')
    assert.equal(external.page_url, undefined)
    await assert.rejects(external.letters(), /Cannot read the letters: .* external, from SMTP_URL/)
  })
})

describe('the mail page', () => {
  it('lists letters newest first, as JSON too, and shows one', async () => {
    await send({
      to: 'ann@example.test',
      subject: '<b>Hi</b> & welcome',
      text: 'plain <i>',
      html: '<h1 onclick="x()">Hi</h1>',
    })
    const list = (await (await page('/api/letters?to=ANN@example.test')).json()) as {
      letters: { id: string; subject: string }[]
    }
    assert.equal(list.letters.length, 1)
    const id = list.letters[0]?.id
    assert.equal(((await (await page('/api/letters?limit=2')).json()) as typeof list).letters[0]?.id, id)

    const front = await (await page('/')).text()
    assert.match(front, /501 letters/)
    assert.ok(front.includes('&lt;b&gt;Hi&lt;/b&gt; &amp; welcome') && !front.includes('<b>Hi'))
    const view = await (await page(`/letters/${id}`)).text()
    assert.match(view, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/)
    assert.ok(view.includes('plain &lt;i&gt;'))
    const html = await page(`/letters/${id}/html`)
    assert.match(html.headers.get('content-security-policy') ?? '', /^sandbox .*default-src 'none'/)
    assert.ok((await html.text()).includes('<h1 onclick="x()">Hi</h1>'))
    assert.match(await (await page(`/letters/${id}/source`)).text(), /^Delivered-To: ann@example\.test\r\n/)
  })

  it('tells of more letters than fit into its memory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'many-letters-'))
    const [count, size] = [1000, 60_000]
    mkdirSync(join(folder, 'mail'))
    for (let n = 0; n < count; n++) {
      const letter = `Delivered-To: ann@example.test\r\nSubject: ${n}\r\n\r\n${'x'.repeat(size)}`
      writeFileSync(join(folder, 'mail', `1700000000000-${n}.eml`), letter)
    }
    const its = await freePorts()
    const code = `import(${JSON.stringify(new URL('mail.ts', import.meta.url).href)}).then(({ startMail }) =>
      startMail({ ...require('node:worker_threads').workerData, environment: {}, report: console.debug }))`
    const small = new Worker(code, {
      eval: true,
      stdout: true,
      workerData: { dir: folder, ports: its },
      resourceLimits: { maxOldGenerationSizeMb: (count * size) / 2_000_000 },
    })
    try {
      await once(small.stdout, 'data')
      const answer = await fetch(`http://127.0.0.1:${its.mail_page}/api/letters?limit=${count}`)
      const { letters } = (await answer.json()) as { letters: { text: string }[] }
      assert.equal(letters.length, count)
    } finally {
      await small.terminate()
      rmSync(folder, { recursive: true })
    }
  })

  it('refuses what it does not know', async () => {
    assert.equal((await page('/letters/..%2f..%2fsecrets')).status, 404)
    assert.equal((await page('/nothing')).status, 404)
    assert.equal((await page('/api/letters?limit=many')).status, 400)
    const deleted = await fetch(`http://127.0.0.1:${ports.mail_page}/`, { method: 'DELETE' })
    assert.equal(deleted.status, 405)
  })

  it('answers to no other name than localhost', async () => {
    const status = await new Promise((resolve, reject) => {
      const options = { port: ports.mail_page, host: '127.0.0.1', headers: { host: 'evil.example.test' } }
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 403)
  })
})
