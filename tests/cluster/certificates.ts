// Plays cert-manager where it does not run: makes the Secret of each Certificate of the namespace, with openssl.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { kubectl } from './command.ts'

const run = promisify(execFile)

type Certificate = { metadata: { name: string }; spec: { secretName: string; isCA?: boolean; dnsNames?: string[] } }

/** Makes what is missing until `signal` ends it. The authority comes first, as the others are signed by it. */
export const issueCertificates = async (signal: AbortSignal): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'deliveryflow-certificates-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder })
  const issue = async ({ metadata: { name }, spec }: Certificate) => {
    const subject = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
    ]
    if (spec.isCA) {
      const uses = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
      await openssl('req', '-x509', ...subject, '-days', '1', '-out', `${name}.crt`, ...uses)
    } else {
      const names = (spec.dnsNames ?? []).map((one) => `DNS:${one}`).join(',')
      writeFileSync(file(`${name}.ext`), `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`)
      await openssl('req', '-new', ...subject, '-out', `${name}.csr`)
      const authority = ['-CA', 'backing-ca.crt', '-CAkey', 'backing-ca.key', '-CAcreateserial', '-days', '1']
      await openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        ...authority,
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.crt`,
      )
    }
    const read = (path: string) => readFileSync(file(path), 'utf8')
    const labels = { 'app.kubernetes.io/part-of': 'deliveryflow', 'cnpg.io/reload': '' }
    const stringData = {
      'tls.crt': read(`${name}.crt`),
      'tls.key': read(`${name}.key`),
      'ca.crt': read('backing-ca.crt'),
    }
    const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', stringData }
    await kubectl(['create', '-f', '-'], JSON.stringify({ ...secret, metadata: { name: spec.secretName, labels } }))
  }
  try {
    while (!signal.aborted) {
      const list = await kubectl(['get', 'certificates', '-o', 'json']).catch(() => '{"items":[]}')
      const { items } = JSON.parse(list) as { items: Certificate[] }
      const there = await kubectl(['get', 'secrets', '-o', 'name']).catch(() => '')
      const missing = items.filter(({ spec }) => !there.split('\n').includes(`secret/${spec.secretName}`))
      for (const one of missing.sort((a, b) => Number(b.spec.isCA ?? false) - Number(a.spec.isCA ?? false)))
        await issue(one)
      await sleep(1000, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
